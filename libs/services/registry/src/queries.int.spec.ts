import type { RequestOf } from '@osm/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegistryReader } from '@osm/services/registry/reader';
import { failure, network, openWorld, tell, type World } from './registry.fixture.ts';
import type { Registry } from './registry.ts';

let world: World;
let registry: Registry;

beforeEach(async () => {
  world = await openWorld();
  registry = await world.open();
});
afterEach(() => world.end());

describe('a scan', () => {
  const scanning = () =>
    world.scan(
      's1',
      { type: 'ScanRequested', data: { cloud: 'old', types: ['network', 'image'], multitenant: true, by: 'ann' } },
      { type: 'ScanTypeFinished', data: { type: 'network', outcome: 'listed', seen: 7, changed: 7, vanished: 0 } },
    );

  it('tells which types are done and which are still waiting', async () => {
    const position = await scanning();
    expect(await registry.ask((queries) => queries.scan('s1'), position)).toEqual({
      scan_id: 's1',
      cloud: 'old',
      status: 'running',
      seen: 7,
      types: [
        { type: 'network', outcome: 'listed', seen: 7, failure: null },
        { type: 'image', outcome: 'waiting', seen: 0, failure: null },
      ],
    });
  });

  it('tells why a type could not be listed', async () => {
    await scanning();
    const none = { seen: 0, changed: 0, vanished: 0 };
    const position = await world.scan(
      's1',
      { type: 'ScanTypeFinished', data: { type: 'image', outcome: 'failed', ...none, failure: failure('no right') } },
      { type: 'ScanCompleted', data: { seen: 7, changed: 7, vanished: 0, failedTypes: ['image'] } },
    );
    const scan = await registry.ask((queries) => queries.scan('s1'), position);
    expect(scan).toMatchObject({ status: 'completed', seen: 7 });
    expect(scan.types[1]).toEqual({ type: 'image', outcome: 'failed', seen: 0, failure: failure('no right') });
  });

  it('that there is not, is refused by its id', async () => {
    await expect(registry.ask((queries) => queries.scan('s9'))).rejects.toMatchObject({ code: 'no-such-scan' });
  });
});

describe('the inventory', () => {
  beforeEach(async () => {
    await world.inventory(
      network,
      tell.observed('web', { shared: false, mtu: 1450, 'router:external': true, tag: null }),
    );
    await world.inventory({ type: 'network', id: 'n2' }, tell.observed('db', { shared: true, mtu: 9000 }));
    await world.inventory({ type: 'image', id: 'i1' }, tell.observed('debian', { status: 'ACTIVE' }));
  });

  const idsOf = async (asked: Omit<RequestOf<'registry.inventory'>, 'cloud'>, cloud = 'old') => {
    const atLeast = await world.events.log.head();
    return (await registry.ask((queries) => queries.inventory({ cloud, ...asked }), atLeast)).map(
      (row) => row.source_id,
    );
  };

  it.each<[string, Record<string, string>, string[]]>([
    ['text', { status: 'ACTIVE' }, ['i1']],
    ['a number', { mtu: '1450' }, ['n1']],
    ['true', { shared: 'true' }, ['n2']],
    ['false, as Python writes it', { shared: 'False' }, ['n1']],
    ['null', { tag: 'null' }, ['n1']],
    ['an attribute with a colon', { 'router:external': 'true' }, ['n1']],
    ['an attribute that nothing has', { nonsense: 'x' }, []],
    ['an attribute whose name is a path', { '$."mtu"': '1450' }, []],
    ['the recorded name', { name: 'db' }, ['n2']],
    ['the recorded project', { project_id: 'owner' }, ['i1', 'n2', 'n1']],
    ['all of several', { shared: 'true', mtu: '1450' }, []],
  ])('is filtered by %s', async (_, filters, ids) => {
    expect(await idsOf({ filters })).toEqual(ids);
  });

  it('is told for one cloud, one type or one id', async () => {
    expect(await idsOf({ type: 'network' })).toEqual(['n2', 'n1']);
    expect(await idsOf({ type: 'network', id: 'n1' })).toEqual(['n1']);
    expect(await idsOf({}, 'new')).toEqual([]);
  });

  it('tells what was not understood, and what is gone', async () => {
    const at = await world.inventory(network, {
      type: 'ResourceVanished',
      data: { scanId: 's2', lastFingerprint: 'web' },
    });
    const [row] = await registry.ask((queries) => queries.inventory({ cloud: 'old', type: 'network', id: 'n1' }), at);
    expect(row).toEqual({
      cloud: 'old',
      resource_type: 'network',
      source_id: 'n1',
      name: 'web',
      project_id: 'owner',
      vanished: true,
      unknown: ['quirk'],
    });
  });
});

describe('the fidelity report', () => {
  it('has a row for each attribute, the equal ones too', async () => {
    await world.inventory(network, tell.observed('web'));
    const at = await world.migration(network, tell.started('create'), tell.identified('t1'), {
      type: 'TwinVerified',
      data: {
        planId: 'p1',
        destinationId: 't1',
        equal: ['name', 'mtu'],
        others: [{ attribute: 'id', verdict: 'impossible', reason: 'clouds make it', source: 'n1', destination: 't1' }],
      },
    });
    const rows = await registry.ask((queries) => queries.fidelity({ projectId: 'owner', planId: 'p1' }), at);
    const about = { resource_type: 'network', source_id: 'n1', destination_id: 't1', name: 'web', project_id: 'owner' };
    const nothing = { reason: null, source: null, destination: null };
    expect(rows).toEqual([
      { ...about, attribute: 'id', verdict: 'impossible', reason: 'clouds make it', source: 'n1', destination: 't1' },
      { ...about, attribute: 'mtu', verdict: 'equal', ...nothing },
      { ...about, attribute: 'name', verdict: 'equal', ...nothing },
    ]);
    expect(await registry.ask((queries) => queries.fidelity({ planId: 'p2' }))).toEqual([]);
  });
});

describe('the list of mappings', () => {
  const idsOf = async (asked: RequestOf<'registry.mappings'>) => {
    const atLeast = await world.events.log.head();
    return (await registry.ask((queries) => queries.mappings(asked), atLeast)).map((row) => row.source_id);
  };

  beforeEach(async () => {
    await world.migration(
      { type: 'network', id: 'first' },
      tell.started('create'),
      tell.migrated('t1'),
      tell.removed(),
    );
    await world.migration({ type: 'image', id: 'second' }, tell.started('create'), tell.failed('create', 'no'));
    await world.migration({ type: 'network', id: 'third' }, tell.migrated('t3'), tell.forgotten(false));
  });

  it.each<[string, RequestOf<'registry.mappings'>, string[]]>([
    ['newest first, without the archived ones', {}, ['second', 'first']],
    ['only the archived ones', { archived: true }, ['third']],
    ['all', { includeArchived: true }, ['third', 'second', 'first']],
    ['by service', { service: 'image' }, ['second']],
    ['by type', { type: 'network', includeArchived: true }, ['third', 'first']],
    ['by status', { status: 'failed' }, ['second']],
    ['by source id', { sourceId: 'first' }, ['first']],
    ['by what is gone', { sourceRemoved: true }, ['first']],
    ['by what is not gone', { sourceRemoved: false }, ['second']],
    ['by external', { external: true }, []],
    ['by route', { route: { source: 'new', destination: 'old' } }, []],
  ])('tells %s', async (_, asked, ids) => {
    expect(await idsOf(asked)).toEqual(ids);
  });

  it('finds one by its uuid', async () => {
    const head = await world.events.log.head();
    const [row] = await registry.ask((queries) => queries.mappings({ sourceId: 'first' }), head);
    expect(await idsOf({ uuid: row?.uuid })).toEqual(['first']);
  });

  it('is the same for a reader beside the process that writes', async () => {
    const told = await registry.ask((queries) => queries.mappings({}), await world.events.log.head());
    const reader = openRegistryReader(world.directory);
    try {
      expect(reader.mappings({})).toEqual(told);
      expect(reader.position()).toBe(await world.events.log.head());
    } finally {
      reader.close();
    }
  });
});

describe('a reader', () => {
  it('says so where there is no database', () => {
    expect(() => openRegistryReader('/nowhere')).toThrow(expect.objectContaining({ code: 'no-registry' }));
  });
});
