import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cloud, Request } from './cloud.ts';
import { defineResource } from './define-resource.ts';
import { forAllTenants } from './for-all-tenants.ts';

const zoneWith = (headers: { readonly [name: string]: string } | undefined) =>
  defineResource({
    type: 'zone',
    summary: 'A zone.',
    api: {
      service: 'dns',
      path: '/zones',
      one: null,
      many: 'zones',
      update: 'PATCH',
      ...(headers === undefined ? {} : { allTenantsHeaders: headers }),
    },
    source: z.object({ id: z.string() }),
    needs: {},
    filters: [],
    create: () => ({}),
    adopt: { marker: 'description' },
    drop: {},
  });

/** Remembers the headers of what is sent. */
const recording = () => {
  const sent: (Request['headers'] | undefined)[] = [];
  const cloud = {
    send: (_service: string, { headers }: Request) => {
      sent.push(headers);
      return Promise.resolve({ status: 200, headers: {}, body: null });
    },
    inProject: () => cloud,
  } as unknown as Cloud;
  return { sent, cloud };
};

const get = { method: 'GET', path: '/zones' } as const;

describe('the cloud of one who works for all tenants', () => {
  it('says so to the service of the type, and to no other', async () => {
    const { sent, cloud } = recording();
    const reaching = forAllTenants(cloud, zoneWith({ 'X-All': 'true' }));
    await reaching.send('dns', { ...get, headers: { Accept: 'text/dns' } });
    await reaching.send('network', get);
    expect(sent).toEqual([{ 'X-All': 'true', Accept: 'text/dns' }, undefined]);
  });

  it('says nothing with the token of a project, or for types that need none of it', async () => {
    const { sent, cloud } = recording();
    await forAllTenants(cloud, zoneWith({ 'X-All': 'true' }))
      .inProject('p')
      .send('dns', get);
    expect(forAllTenants(cloud, zoneWith(undefined))).toBe(cloud);
    expect(sent).toEqual([undefined]);
  });
});
