import type { JsonObject } from '@osm/kernel';
import { PolicySchema, type Policy, type Relation, type Resource, type Step, type StepOutline } from '@osm/resource';
import { smallHandlers } from '@osm/testing/small-handlers';
import { describe, expect, it } from 'vitest';
import { draft } from '../draft.ts';
import { asking } from '../testing/small-world.ts';
import { buildWorld } from '../world.ts';

const texts = (value: JsonObject[string] | undefined): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

const related = (type: string, ids: readonly string[]): readonly Relation[] =>
  ids.map((id) => ({
    ...{ name: type, ref: { type, id }, parent: false, owner: false },
    ...{ optional: false, goesWith: false, cleanUp: false, oneByOne: false },
  }));

/** A type like the small ones, with a chain of its own: snapshot (which takes a moment), export, create, tidy. */
const movedType = (type: string, more: Partial<Resource> = {}, moment?: Step['moment']): Resource => {
  const plain = smallHandlers.get('network');
  if (plain === undefined) throw new Error('there is no small network');
  const outline = (name: string, always = false): StepOutline => {
    const step = name === 'create' ? name : { name, run: () => Promise.resolve({}) };
    const taking = typeof step === 'object' && name === 'snapshot' && moment !== undefined ? { ...step, moment } : step;
    return { name, service: 'network', always, afterLinks: false, step: taking };
  };
  const chain = [outline('snapshot'), outline('export'), outline('create'), outline('tidy', true)];
  const steps = ({ servers }: JsonObject) =>
    moment === undefined
      ? [outline('create')]
      : Array.isArray(servers) && servers.length === 0
        ? chain.slice(1)
        : chain;
  return { ...plain, type, needs: () => [], links: () => [], steps, ...more };
};

const net = movedType('net');
const disk = movedType(
  'disk',
  { staging: ({ id, gib, servers }) => ({ gib: Number(gib), together: [String(id), ...texts(servers)] }) },
  'own',
);
const server = movedType(
  'server',
  {
    needs: ({ disks }) => [...related('disk', texts(disks)), ...related('net', ['n'])],
    staging: ({ id, disks }) => ({ gib: 1, together: [String(id), ...texts(disks)] }),
  },
  'all',
);

const handlers = new Map([disk, net, server].map((each) => [each.type, each]));

const planned = (inventory: { readonly [key: string]: JsonObject }, policy: Partial<Policy> = {}) => {
  const world = buildWorld({
    handlers,
    policy: PolicySchema.parse(policy),
    inventory: Object.entries(inventory).map(([key, attributes]) => {
      const [type = '', id = ''] = key.split('/');
      return { ref: { type, id }, name: null, projectId: null, attributes: { id, ...attributes }, parents: [] };
    }),
    migrations: [],
  });
  const { steps, findings } = draft(asking(Object.keys(inventory)), world);
  const needs = new Map(steps.map((each) => [each.id, each.needs]));
  /** Whether the one has settled before the other begins. */
  const waits = (later: string, earlier: string): boolean =>
    (needs.get(later) ?? []).some((need) => need === earlier || waits(need, earlier));
  return { steps, findings, waits };
};

const attached = (id: string, gib = 3) => ({ gib, servers: [id] });

describe('the disks of a server', () => {
  const { waits, findings } = planned({
    'net/n': {},
    'server/s': { disks: ['a', 'b'] },
    'disk/a': attached('s'),
    'disk/b': attached('s'),
  });

  it('are copied when the moments of all of them are taken', () => {
    expect(findings).toEqual([]);
    for (const copied of ['server/s/export', 'disk/a/export', 'disk/b/export']) {
      for (const taken of ['server/s/snapshot', 'disk/a/snapshot', 'disk/b/snapshot'])
        expect(waits(copied, taken), `${copied} < ${taken}`).toBe(true);
    }
  });

  it('have their moment taken by the server’s own step, which waits for all that the server needs but them', () => {
    expect(waits('disk/a/snapshot', 'server/s/snapshot')).toBe(true);
    expect(waits('server/s/snapshot', 'net/n/create')).toBe(true);
    expect(waits('server/s/snapshot', 'disk/a/create')).toBe(false);
    expect(waits('server/s/create', 'disk/a/create')).toBe(true);
  });

  it('belong together also where the server is not in the plan', () => {
    const { waits: alone } = planned({ 'disk/a': attached('s'), 'disk/b': attached('s'), 'disk/c': attached('t') });
    expect(alone('disk/a/export', 'disk/b/snapshot')).toBe(true);
    expect(alone('disk/a/export', 'disk/c/snapshot')).toBe(false);
  });

  it('belong together where the disk was seen before it was attached', () => {
    const { waits: late, findings: none } = planned(
      { 'net/n': {}, 'server/s': { disks: ['a'] }, 'disk/a': { gib: 3, servers: [] } },
      { max_staging_gib: 1 },
    );
    expect(none).toEqual([]);
    expect(late('server/s/create', 'disk/a/create')).toBe(true);
  });
});

describe('temporary copies', () => {
  const single = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [`disk/${id}`, { gib: 4, servers: [] }]),
  );
  const pairs = (ids: readonly string[]) =>
    ids.flatMap((a) => ids.map((b) => [a, b] as const)).filter(([a, b]) => a !== b);

  it('of no more disks at a time than max_staging_gib allows, each waiting until those before it are gone', () => {
    const { steps, waits } = planned(single, { max_staging_gib: 9 });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const queued = pairs(ids).filter(([a, b]) => waits(`disk/${a}/export`, `disk/${b}/tidy`));
    // Two lanes of three.
    expect(queued.map(([a, b]) => `${a}<${b}`).sort()).toEqual(['c<a', 'd<b', 'e<a', 'e<c', 'f<b', 'f<d']);
    expect(steps).toHaveLength(18);
  });

  it('of those that come next begin however those before them end, and each clears up what the server has taken for it', () => {
    const { steps } = planned(
      { 'net/n': {}, 'server/s': { disks: ['a'] }, 'disk/a': attached('s'), 'disk/z': attached('t') },
      { max_staging_gib: 6 },
    );
    const step = (id: string) => steps.find((each) => each.id === id);
    const waitedFor = steps.flatMap(({ after = [] }) => after);
    expect(waitedFor.every((id) => id.endsWith('/tidy'))).toBe(true);
    expect(waitedFor.length).toBeGreaterThan(0);
    expect(step('disk/a/tidy')?.needs).toContain('server/s/snapshot');
  });

  it('are not queued where nothing bounds them, but for moments: of four servers at a time', () => {
    const { waits } = planned(single);
    expect(waits('disk/b/export', 'disk/a/tidy')).toBe(false);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const busy = planned(Object.fromEntries(ids.map((id) => [`disk/${id}`, attached(`server of ${id}`)])));
    const queued = pairs(ids).filter(([a, b]) => busy.waits(`disk/${a}/snapshot`, `disk/${b}/tidy`));
    expect(queued).toEqual([['e', 'a']]);
  });
});
