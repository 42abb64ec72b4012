import type { Interlude } from '@osm/testing/fake-openstack';
import { bundleOf, startProcess, writeConfig, type ServiceProcess } from '@osm/testing/harness';
import { compareTenants } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, type Given } from './given-tenant.ts';

/** Another one for each run where OSM_E2E_SEED says so; what failed can be run again by its seed. */
const seed = Number(process.env['OSM_E2E_SEED'] ?? 20_251_123);

/** Numbers that look random and are the same for the same seed. */
const randomOf = (from: number) => (): number => {
  from = (Math.imul(from, 1_664_525) + 1_013_904_223) >>> 0;
  return from / 2 ** 32;
};

/** As many as take some two minutes, spread over the writes that a whole tenant takes. */
const kills = 20;
const writesBetween = { least: 4, most: 16 };

/** What a write is about: `networks`, `volumes`, `file`. Ids and the services' own prefixes say nothing. */
const kindOf = (place: string): string =>
  place
    .split('/')
    .filter((part) => /^[a-z][a-z_-]+$/.test(part))
    .slice(1)
    .join('/');

describe(`a tenant that moves while the program is killed at ${kills} of its requests, seed ${seed}`, () => {
  const closing: (() => Promise<void>)[] = [];
  let given: Given;
  let config: string;

  beforeAll(async () => {
    given = await givenTenant('fake');
    closing.push(given.end);
    const { cloudsYaml, route, folder } = given.clouds;
    const dataDirectory = path.join(folder, 'data');
    config = writeConfig({ cloudsYaml, route, dataDirectory, policy, settings: { settle_seconds: 0.2 } }, 'embedded:');
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  /** The command that a person types. */
  const command = (...args: readonly string[]): Promise<ServiceProcess> =>
    startProcess({ name: args.join(' '), args: [bundleOf('cli'), '--config', config, ...args], env: {} });

  const succeed = async (...args: readonly string[]): Promise<void> => {
    const run = await command(...args);
    const code = await run.ended;
    expect(code, run.output()).toBe(0);
  };

  it('arrives whole and once, by the same command again and again', async () => {
    const random = randomOf(seed);
    const next = (): number =>
      writesBetween.least + Math.floor(random() * (writesBetween.most - writesBetween.least + 1));
    const killed: string[] = [];
    let left = next();
    let running: ServiceProcess | undefined;
    /** The request never reaches the cloud, or is done and nobody hears of it: in turn. */
    const dies = async (moment: 'before' | 'after', method: string, place: string): Promise<boolean> => {
      const victim = running;
      const isTurn = moment === (killed.length % 2 === 0 ? 'after' : 'before');
      if (left > 0 || killed.length >= kills || !isTurn || victim === undefined) return false;
      // Dead already for what else it has sent.
      running = undefined;
      left = next();
      killed.push(`${moment} ${method} ${kindOf(place)}`);
      await victim.kill();
      return true;
    };
    const killer: Interlude = {
      before: async ({ method, path: place }) => {
        if (!isWrite(method, place)) return undefined;
        left -= 1;
        return (await dies('before', method, place)) ? 'reset' : undefined;
      },
      after: async ({ method, path: place }) => {
        if (isWrite(method, place)) await dies('after', method, place);
      },
    };
    for (const { ref, destinationId } of given.registered) {
      await succeed('register-external', '--resource-type', ref.type, ref.id, destinationId);
    }
    given.clouds.destination.fake?.faults.add({ action: killer });

    const commands: readonly (readonly string[])[] = [
      ['start', '--resource-type', 'domain', '--include-dependencies', '--include-members', given.tenant.domainId],
      ['start-batch', '--resource-type', 'flavor', '--all', '--include-dependencies'],
      ['start-batch', '--resource-type', 'volume-type', '--all', '--include-dependencies'],
    ];
    for (const args of commands) {
      for (let ended: number | null = null; ended === null;) {
        const run = await command(...args);
        running = run;
        ended = await run.ended;
        if (ended !== null) expect(ended, run.output()).toBe(0);
      }
    }

    expect(killed.length, killed.join('\n')).toBe(kills);
    const kinds = new Set(killed.map((each) => each.split(' ').at(-1)));
    expect(kinds.size, [...kinds].join(', ')).toBeGreaterThanOrEqual(8);
    expect(await compareTenants(given)).toEqual([]);
    await succeed('registry', 'rebuild');
  });
});

/** Not the making of tokens: nothing comes of it. */
const isWrite = (method: string, place: string): boolean =>
  !['GET', 'HEAD'].includes(method) && !place.endsWith('/auth/tokens');
