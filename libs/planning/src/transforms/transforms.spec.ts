import type { How, PlanRequest } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { emptyDraft, removalTransforms, rollBackTransforms, transforms } from '../draft.ts';
import { asking, printed, printedResources, smallWorld, type SmallWorld } from '../testing/small-world.ts';
import type { Draft, Transform } from '../transform.ts';
import { appendCleanUp } from './append-clean-up.ts';
import { borrowRoles } from './borrow-roles.ts';
import { chooseStrategies } from './choose-strategies.ts';
import { connectLinks } from './connect-links.ts';
import { dropMigrated } from './drop-migrated.ts';
import { expandSteps } from './expand-steps.ts';
import { foreseeRefusals } from './foresee-refusals.ts';
import { orderNeeds } from './order-needs.ts';
import { pullMembers } from './pull-members.ts';
import { pullNeeds } from './pull-needs.ts';
import { reduce } from './reduce.ts';
import { refuseCycles } from './refuse-cycles.ts';
import { selectRoots } from './select-roots.ts';
import { takeTurns } from './take-turns.ts';
import { tellCautions } from './tell-cautions.ts';

/** Drafts up to and including one stage. */
const upTo = (last: Transform, request: PlanRequest, world: SmallWorld): Draft => {
  const list = { migrate: transforms, remove: removalTransforms, 'roll-back': rollBackTransforms }[request.intent];
  const stages = list.slice(0, list.indexOf(last) + 1);
  return stages.reduce((draft, transform) => transform(draft, smallWorld(world)), emptyDraft(request));
};
const findings = ({ findings }: Draft) =>
  findings.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
const stepsOf = (draft: Draft) => printed(draft.steps.values());
const withMembers = { include: { needs: true, members: true } };
const withoutNeeds = { include: { needs: false, members: false } };

describe('select-roots', () => {
  it('takes each root once, in order', () => {
    const inventory = { 'network/b': {}, 'network/a': {} };
    const draft = upTo(selectRoots, asking(['network/b', 'network/a', 'network/b']), { inventory });
    expect(printedResources(draft)).toEqual(['root network/a all', 'root network/b all']);
  });

  it('names what was perhaps meant where there is no such resource', () => {
    const inventory = { 'network/1': { name: 'backend' } };
    const { findings } = upTo(selectRoots, asking(['network/backnd', 'netwerk/1']), { inventory });
    expect(findings.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['unknown-type', 'Did you mean network?'],
      ['no-such-resource', 'Did you mean network backend (1)?'],
    ]);
  });

  it('refuses what clouds make themselves, and what cannot be listed', () => {
    const inventory = { 'network/1': { made_by_cloud: true } };
    const unavailable = new Map([['volume', 'the catalogue has no such service']]);
    expect(findings(upTo(selectRoots, asking(['network/1', 'volume/1']), { inventory, unavailable }))).toEqual([
      'error not-eligible: cannot plan network 1: clouds make such a network themselves',
      'error unavailable-type: cannot plan volume 1: the source does not list its type: the catalogue has no such service',
    ]);
  });

  it('has nothing to do for what was migrated and is gone', () => {
    const mappings = { 'network/1': { sourceRemoved: true } };
    expect(findings(upTo(selectRoots, asking(['network/1']), { inventory: {}, mappings }))).toEqual([
      'info already-migrated: network 1 has its twin already, and its source is gone',
    ]);
  });
});

describe('pull-members', () => {
  const inventory = {
    'project/p': {},
    'network/n': { project_id: 'p' },
    'network/cloud': { project_id: 'p', made_by_cloud: true },
    'network/other': {},
    'subnet/s': { network_id: 'n' },
    'router/r': { interfaces: ['s'], gateway: 'other' },
    'subnet/o': { network_id: 'other' },
  };

  it('takes the members of what was asked for, and theirs, but not what clouds make themselves', () => {
    const draft = upTo(pullMembers, asking(['project/p'], withMembers), { inventory });
    expect(printedResources(draft)).toEqual(['root project/p all', 'member network/n all', 'member subnet/s all']);
    expect(printedResources(upTo(pullMembers, asking(['project/p']), { inventory }))).toEqual(['root project/p all']);
  });

  it('takes what links say is a member, and never the members of a need', () => {
    const draft = upTo(pullNeeds, asking(['router/r'], withMembers), { inventory });
    expect(printedResources(draft)).toEqual([
      'root router/r all',
      'member subnet/s all',
      'need network/other all',
      'need network/n all',
      'need project/p all',
    ]);
  });

  it('says which member it has to leave out', () => {
    const draft = upTo(pullMembers, asking(['router/r'], withMembers), {
      inventory: { 'router/r': { interfaces: ['x'] } },
    });
    expect(findings(draft)).toEqual([
      'warning member-not-observed: subnet x, a member of router r, is left out: no scan has seen it',
    ]);
  });
});

describe('pull-needs', () => {
  const inventory = {
    'project/p': { name: 'demo' },
    'network/n': { project_id: 'p' },
    'subnet/s': { network_id: 'n', project_id: 'p' },
    'subnet/t': { network_id: 'n' },
  };

  it('goes on to a fixed point; what has its twin is no node', () => {
    const request = asking(['subnet/s']);
    expect(printedResources(upTo(pullNeeds, request, { inventory }))).toEqual([
      'root subnet/s all',
      'need project/p all',
      'need network/n all',
    ]);
    const mappings = { 'network/n': 'external' as const, 'project/p': 'reused' as const };
    expect(printedResources(upTo(pullNeeds, request, { inventory, mappings }))).toEqual(['root subnet/s all']);
  });

  it('takes a twin that is not finished for one that is missing', () => {
    const mappings = { 'network/n': { migrated: false } };
    expect(printedResources(upTo(pullNeeds, asking(['subnet/t']), { inventory, mappings }))).toContain(
      'need network/n all',
    );
  });

  it('names every missing need once, with those that need it', () => {
    expect(findings(upTo(pullNeeds, asking(['subnet/s', 'subnet/t'], withoutNeeds), { inventory }))).toEqual([
      'error missing-need: project demo (p) has no twin and is not part of the plan; it is needed by subnet s',
      'error missing-need: network n has no twin and is not part of the plan; it is needed by subnet s, subnet t',
    ]);
  });

  it('refuses a need that no scan has seen', () => {
    const draft = upTo(pullNeeds, asking(['subnet/s']), { inventory: { 'subnet/s': { network_id: 'x' } } });
    expect(findings(draft)).toEqual([
      'error not-observed: cannot plan subnet s: it needs network x, which no scan has seen',
    ]);
  });

  it('does not look at owners with the credential of one tenant', () => {
    const draft = upTo(pullNeeds, asking(['subnet/s']), { inventory, policy: { multitenant_mode: false } });
    expect(printedResources(draft)).toEqual(['root subnet/s all', 'need network/n all']);
  });

  it('wants nothing for what is migrated already', () => {
    const mappings = { 'subnet/s': 'created' as const };
    expect(printedResources(upTo(pullNeeds, asking(['subnet/s']), { inventory, mappings }))).toEqual([
      'root subnet/s all',
    ]);
  });
});

describe('tell-cautions', () => {
  it('defect 42: warns once of all that would run at both ends', () => {
    const inventory = {
      'server/a': { status: 'ACTIVE' },
      'server/b': { status: 'SHUTOFF' },
      'server/c': { status: 'ACTIVE' },
    };
    const draft = upTo(tellCautions, asking(['server/a', 'server/b', 'server/c']), { inventory });
    expect(findings(draft)).toEqual(['warning running: 2 resources of type server are running']);
  });
});

describe('drop-migrated', () => {
  const inventory = {
    'network/n': {},
    'subnet/s': { network_id: 'n' },
    'router/r': { interfaces: ['s'] },
    'network/m': {},
  };
  const request = asking(['router/r'], withMembers);

  it('leaves nothing to do for what has its twin, and says so once for each type', () => {
    const mappings = { 'network/n': 'created', 'network/m': 'created', 'router/r': 'created' } as const;
    const draft = upTo(dropMigrated, asking(['network/n', 'network/m', 'router/r']), { inventory, mappings });
    expect(printedResources(draft)).toEqual(['root network/m none', 'root network/n none', 'root router/r none']);
    expect(findings(draft)).toEqual([
      'info already-migrated: 2 resources of type network have their twins already',
      'info already-migrated: router r has its twin already',
    ]);
  });

  it('defect 18: takes nothing of another type for the twin, whatever its id', () => {
    const same = { 'network/1': {}, 'subnet/1': { network_id: '1' } };
    const draft = upTo(dropMigrated, asking(['subnet/1']), { inventory: same, mappings: { 'network/1': 'created' } });
    expect(printedResources(draft)).toEqual(['root subnet/1 all']);
  });

  it('ties links whose other end gets its twin only now, or got it since', () => {
    const now = { 'network/n': 'created', 'router/r': 'created' } as const;
    expect(printedResources(upTo(dropMigrated, request, { inventory, mappings: now }))).toEqual([
      'root router/r links',
      'member subnet/s all',
    ]);
    const since = { 'router/r': { lastStep: 10 }, 'subnet/s': { countsSince: 20 } };
    expect(printedResources(upTo(dropMigrated, request, { inventory, mappings: since }))).toEqual([
      'root router/r links',
      'member subnet/s none',
    ]);
  });

  it('leaves alone what a person registered', () => {
    const mappings = { 'network/n': 'created', 'router/r': 'external' } as const;
    expect(printedResources(upTo(dropMigrated, request, { inventory, mappings }))).toContain('root router/r none');
  });
});

describe('foresee-refusals', () => {
  const inventory = { 'network/n': { external: true }, 'subnet/s': { network_id: 'n' } };

  it('refuses the plan for a root that cannot be made', () => {
    expect(findings(upTo(foreseeRefusals, asking(['network/n']), { inventory }))).toEqual([
      'error map-first: an external network is never made',
    ]);
  });

  it('only warns of a need or a member that cannot be made', () => {
    expect(findings(upTo(foreseeRefusals, asking(['subnet/s']), { inventory }))).toEqual([
      'warning map-first: network n will fail, and what needs it will be skipped: an external network is never made',
    ]);
  });

  it('says nothing of what has its twin', () => {
    const mappings = { 'network/n': 'external' } as const;
    expect(findings(upTo(foreseeRefusals, asking(['subnet/s']), { inventory, mappings }))).toEqual([]);
  });
});

describe('expand-steps', () => {
  it('makes a chain of each resource; what clears up waits for all of it', () => {
    expect(stepsOf(upTo(expandSteps, asking(['volume/v']), { inventory: { 'volume/v': {} } }))).toEqual([
      'volume/v/export',
      'volume/v/transfer < volume/v/export',
      'volume/v/create < volume/v/transfer',
      'volume/v/collect! < volume/v/export volume/v/transfer volume/v/create',
    ]);
  });

  it('takes only the last tie of what is migrated', () => {
    const inventory = { 'router/r': { interfaces: ['s'] }, 'subnet/s': { network_id: 'n' } };
    const mappings = { 'router/r': 'created', 'network/n': 'created' } as const;
    expect(stepsOf(upTo(connectLinks, asking(['router/r', 'subnet/s']), { inventory, mappings }))).toEqual([
      'router/r/connect < subnet/s/create',
      'subnet/s/create',
    ]);
  });
});

describe('choose-strategies', () => {
  const inventory = { 'image/i': { size: 5 }, 'image/empty': { size: 0 } };
  const strategies = (facts?: { readonly [type: string]: JsonObject }) => {
    const draft = upTo(chooseStrategies, asking(['image/i', 'image/empty']), {
      inventory,
      ...(facts && { facts }),
    });
    return [...draft.steps.values()].map(({ id, strategy }) => [id, strategy?.name, strategy?.reason]);
  };

  it('gives each step that has several ways the one that fits the resource and the clouds, and the reason', () => {
    expect(strategies({ image: { fetches: true } })).toEqual([
      ['image/empty/create', undefined, undefined],
      ['image/empty/transfer', 'send', 'it is sent from here'],
      ['image/i/create', undefined, undefined],
      ['image/i/transfer', 'fetch', 'the destination fetches for itself'],
    ]);
    expect(strategies({ image: { fetches: false } }).at(-1)?.[1]).toBe('send');
  });

  it('leaves it open where the clouds were not asked', () => {
    expect(strategies().map(([, name]) => name)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('order-needs', () => {
  it('begins a resource when all that it needs is done', () => {
    const inventory = { 'network/n': {}, 'server/i': { volumes: ['v'] }, 'volume/v': {}, 'router/r': { gateway: 'n' } };
    const steps = stepsOf(upTo(orderNeeds, asking(['server/i', 'router/r']), { inventory }));
    expect(steps).toContain('server/i/create < volume/v/create');
    expect(steps).toContain('router/r/create < network/n/create');
  });
});

describe('connect-links', () => {
  it('waits for both ends', () => {
    const inventory = { 'router/r': { interfaces: ['s', 'gone'] }, 'subnet/s': { network_id: 'n' }, 'network/n': {} };
    expect(stepsOf(upTo(connectLinks, asking(['router/r', 'subnet/s']), { inventory }))).toContain(
      'router/r/connect < router/r/create subnet/s/create',
    );
  });

  it('waits until its other end is tied itself, where that one does not wait for it', () => {
    const inventory = { 'group/a': { peers: ['b'] }, 'group/b': { peers: ['c'] }, 'group/c': {} };
    const draft = upTo(connectLinks, asking(['group/a', 'group/b', 'group/c']), { inventory });
    expect(stepsOf(draft).filter((line) => line.includes('connect <'))).toEqual([
      'group/a/connect < group/a/create group/b/connect',
      'group/b/connect < group/b/create group/c/connect',
      'group/c/connect < group/c/create',
    ]);
  });

  it('may go round in circles', () => {
    const inventory = { 'group/a': { peers: ['b'] }, 'group/b': { peers: ['a', 'b'] } };
    const draft = upTo(refuseCycles, asking(['group/a', 'group/b']), { inventory });
    expect(draft.findings).toEqual([]);
    expect(stepsOf(draft)).toEqual([
      'group/a/create',
      'group/a/connect < group/a/create group/b/create',
      'group/b/create',
      'group/b/connect < group/a/create group/b/create',
    ]);
  });
});

describe('take-turns', () => {
  it('makes those that share what is taken by one at a time one after the other', () => {
    const inventory = { 'volume/v': {}, 'server/a': { shared: ['v'] }, 'server/b': { shared: ['v'] }, 'server/c': {} };
    const steps = stepsOf(upTo(takeTurns, asking(['server/a', 'server/b', 'server/c']), { inventory }));
    expect(steps.filter((line) => line.startsWith('server/'))).toEqual([
      'server/a/create < volume/v/create',
      'server/b/create < server/a/create volume/v/create',
      'server/c/create',
    ]);
  });
});

describe('borrow-roles', () => {
  const inventory = {
    'project/p': { name: 'demo' },
    'volume/v': { project_id: 'p' },
    'volume/w': { project_id: 'p' },
    'network/n': { project_id: 'p' },
  };
  const request = asking(['volume/v', 'volume/w', 'network/n']);

  it('borrows once for each project, after its creation, and gives back when all is over', () => {
    const draft = upTo(borrowRoles, request, { inventory });
    expect(stepsOf(draft).filter((line) => line.startsWith('project/'))).toEqual([
      'project/p/create',
      'project/p/grant < project/p/create',
      'project/p/revoke! < project/p/grant volume/v/collect volume/v/create volume/w/collect volume/w/create',
    ]);
    expect(stepsOf(draft)).toContain('volume/v/export < project/p/create project/p/grant');
    expect(draft.steps.get('project/p/grant')).toMatchObject({ service: 'identity', name: 'demo' });
  });

  it('borrows at both ends for what only members of its project may read, until the original is removed', () => {
    const secrets = { 'project/p': {}, 'secret/s': { project_id: 'p' } };
    const asked = asking(['secret/s'], { cleanUp: 'after-migration' });
    const steps = stepsOf(upTo(borrowRoles, asked, { inventory: secrets }));
    expect(steps).toEqual([
      'secret/s/create < project/p/create project/p/grant project/p/grant-source',
      'project/p/create',
      'secret/s/remove < project/p/grant project/p/grant-source secret/s/create',
      'project/p/grant < project/p/create',
      'project/p/revoke! < project/p/grant secret/s/create secret/s/remove',
      'project/p/grant-source',
      'project/p/revoke-source! < project/p/grant-source secret/s/create secret/s/remove',
    ]);
  });

  it('borrows in a project that is there already', () => {
    const mappings = { 'project/p': 'reused' } as const;
    expect(stepsOf(upTo(borrowRoles, request, { inventory, mappings }))).toContain('project/p/grant');
  });

  it('borrows nothing with the credential of one tenant, or where nothing acts', () => {
    const one = upTo(borrowRoles, request, { inventory, policy: { multitenant_mode: false } });
    expect(stepsOf(one).filter((line) => line.includes('grant'))).toEqual([]);
    const none = upTo(borrowRoles, asking(['network/n']), { inventory });
    expect(stepsOf(none).filter((line) => line.includes('grant'))).toEqual([]);
  });
});

describe('append-clean-up', () => {
  const cleaned = { cleanUp: 'after-migration' } as const;
  const removals = (draft: Draft) => stepsOf(draft).filter((line) => line.includes('/remove'));

  it('removes only when asked', () => {
    expect(removals(upTo(appendCleanUp, asking(['network/n']), { inventory: { 'network/n': {} } }))).toEqual([]);
  });

  it('removes users before what they use, after all twins of users are made, and keeps needs', () => {
    const inventory = {
      'network/n': { project_id: 'p' },
      'subnet/s': { network_id: 'n' },
      'router/r': { interfaces: ['s'] },
      'project/p': {},
    };
    const request = asking(['network/n', 'router/r'], { ...withMembers, ...cleaned });
    expect(removals(upTo(appendCleanUp, request, { inventory }))).toEqual([
      'network/n/remove < network/n/create subnet/s/create subnet/s/remove',
      'router/r/remove < router/r/connect',
      'subnet/s/remove < router/r/connect router/r/remove subnet/s/create',
    ]);
  });

  it('keeps originals whose twin is not ours, and what is removed already', () => {
    const inventory = {
      'network/a': {},
      'network/b': {},
      'network/c': {},
      'network/d': {},
      'network/e': {},
      'network/f': {},
    };
    const mappings = {
      'network/a': 'created',
      'network/b': 'reused',
      'network/c': 'external',
      'network/d': 'imported',
      'network/e': { sourceRemoved: true },
    } as const;
    const draft = upTo(appendCleanUp, asking(Object.keys(inventory), cleaned), { inventory, mappings });
    expect(removals(draft)).toEqual(['network/a/remove', 'network/f/remove < network/f/create']);
    expect(findings(draft)).toContain(
      'info kept: 3 resources of type network are kept at the source: their twins are not ours',
    );
  });

  it('removes with a server the volumes that only it uses', () => {
    const inventory = {
      'server/a': { volumes: ['1', '2'] },
      'server/b': { volumes: ['2'] },
      'volume/1': {},
      'volume/2': {},
    };
    expect(removals(upTo(appendCleanUp, asking(['server/a'], cleaned), { inventory }))).toEqual([
      'server/a/remove < server/a/create',
      'volume/1/remove < server/a/create server/a/remove volume/1/collect volume/1/create',
    ]);
    const both = upTo(appendCleanUp, asking(['server/a', 'server/b'], cleaned), { inventory });
    expect(removals(both).map((line) => line.split(' ')[0])).toEqual([
      'server/a/remove',
      'server/b/remove',
      'volume/1/remove',
      'volume/2/remove',
    ]);
  });

  it('removes what is tied in circles in some order', () => {
    const inventory = { 'group/a': { peers: ['b'] }, 'group/b': { peers: ['a'] } };
    const draft = upTo(refuseCycles, asking(['group/a', 'group/b'], cleaned), { inventory });
    expect(draft.findings).toEqual([]);
    expect(removals(draft)).toEqual([
      'group/a/remove < group/a/connect group/b/connect',
      'group/b/remove < group/a/connect group/b/connect',
    ]);
  });
});

describe('refuse-cycles', () => {
  it('says the path in words', () => {
    const inventory = { 'folder/a': { name: 'home', parent: 'b' }, 'folder/b': { parent: 'a' } };
    const draft = upTo(refuseCycles, asking(['folder/a']), { inventory });
    expect(findings(draft)).toEqual([
      'error cycle: cannot order the plan: create of folder home (a) waits for create of folder b, which waits for create of folder home (a)',
    ]);
  });
});

describe('reduce', () => {
  it('leaves out what goes without saying, but of what runs always', () => {
    const inventory = {
      'project/p': {},
      'network/n': { project_id: 'p' },
      'subnet/s': { network_id: 'n', project_id: 'p' },
    };
    expect(stepsOf(upTo(reduce, asking(['subnet/s']), { inventory }))).toContain('subnet/s/create < network/n/create');
    const volumes = { 'project/p': {}, 'volume/v': { project_id: 'p' } };
    const steps = stepsOf(upTo(reduce, asking(['volume/v']), { inventory: volumes }));
    expect(steps).toContain('volume/v/export < project/p/grant');
    expect(steps).toContain('project/p/revoke! < project/p/grant volume/v/collect volume/v/create');
  });
});

describe('the removal of originals', () => {
  const inventory = { 'network/n': {}, 'subnet/s': { network_id: 'n' }, 'project/p': {}, 'network/m': {} };
  const removing = (...roots: readonly string[]) => asking(roots, { intent: 'remove' });

  it('removes users first', () => {
    const mappings = { 'network/n': 'created', 'subnet/s': 'adopted' } as const;
    expect(stepsOf(upTo(reduce, removing('network/n', 'subnet/s'), { inventory, mappings }))).toEqual([
      'network/n/remove < subnet/s/remove',
      'subnet/s/remove',
    ]);
  });

  it('refuses what has no twin, or one that is not ours', () => {
    const mappings = {
      'network/n': 'reused',
      'project/p': 'imported',
      'subnet/s': { sourceRemoved: true },
    } as const;
    const draft = upTo(reduce, removing('network/n', 'network/m', 'project/p', 'subnet/s', 'network/x'), {
      inventory,
      mappings,
    });
    expect(findings(draft)).toEqual([
      'error not-migrated: cannot remove network m from the source: it has no twin',
      'error not-ours: cannot remove network n from the source: its twin twin was not made by us, it is reused',
      'error no-such-resource: cannot plan network x: the source has no such resource, as far as scans have seen',
      'error not-ours: cannot remove project p from the source: its twin twin was not made by us, it is imported',
      'info already-removed: subnet s is removed from the source already',
    ]);
  });

  it('takes what the Python tool has migrated, where its twin cannot have been there before', () => {
    const mappings = { 'network/m': 'imported' } as const;
    expect(stepsOf(upTo(reduce, removing('network/m'), { inventory, mappings }))).toEqual(['network/m/remove']);
  });

  it('keeps a group as long as a rule stays that would go with it, and with it what its own rules name', () => {
    const groups = { 'group/a': {}, 'group/b': {}, 'group/c': {} };
    const rules = {
      'rule/own': { in: 'a', from: 'a' },
      'rule/ab': { in: 'a', from: 'b' },
      'rule/ca': { in: 'c', from: 'a' },
    };
    const there = { ...groups, ...rules };
    const mappings = Object.fromEntries(Object.keys(there).map((key) => [key, 'created' as const]));
    const all = removing(...Object.keys(there));
    expect(stepsOf(upTo(reduce, all, { inventory: there, mappings })).length).toBe(6);
    const without = upTo(reduce, removing('group/a', 'group/b'), { inventory: there, mappings });
    expect(stepsOf(without)).toEqual([]);
    expect(findings(without)).toEqual([
      'warning still-named: group a is kept at the source: rule ca would be deleted with it',
      'warning still-named: group b is kept at the source: rule ab would be deleted with it',
    ]);
    const gone = { ...mappings, 'rule/ca': { sourceRemoved: true } };
    expect(stepsOf(upTo(reduce, removing('group/a'), { inventory: there, mappings: gone }))).toEqual([
      'group/a/remove',
    ]);
  });

  it('removes a group after those whose rules would go with it', () => {
    const there = { 'group/a': {}, 'group/b': {}, 'rule/ba': { in: 'b', from: 'a' } };
    const mappings = Object.fromEntries(Object.keys(there).map((key) => [key, 'created' as const]));
    expect(stepsOf(upTo(reduce, removing('group/a', 'group/b'), { inventory: there, mappings }))).toEqual([
      'group/a/remove < group/b/remove',
      'group/b/remove',
    ]);
  });

  it('refuses what still contains something that has no twin', () => {
    const mappings = { 'network/n': 'created' } as const;
    const draft = upTo(reduce, removing('network/n'), { inventory, mappings });
    expect(stepsOf(draft)).toEqual([]);
    expect(findings(draft)).toEqual([
      'error still-contains: cannot remove network n from the source: subnet s in it would be lost',
    ]);
  });
});

describe('the roll-back of a plan', () => {
  const inventory = {
    'project/p': {},
    'network/n': { project_id: 'p' },
    'subnet/s': { project_id: 'p', network_id: 'n' },
    'network/m': {},
  };
  const rollingBack = (...roots: readonly string[]) => asking(roots, { intent: 'roll-back', of: 'p1' });
  const by = (broughtBy: string, how: How = 'created') => ({ broughtBy, how });
  const single = { multitenant_mode: false } as const;
  const rolledBack = (mappings: SmallWorld['mappings'], seen: SmallWorld['inventory'] = inventory) =>
    upTo(reduce, rollingBack(), { inventory: seen, mappings: mappings ?? {}, policy: single });

  it('deletes what that plan has made, users first, and nothing of other plans', () => {
    const draft = rolledBack({ 'network/n': by('p1'), 'subnet/s': by('p1', 'adopted'), 'network/m': by('p2') });
    expect(stepsOf(draft)).toEqual(['network/n/roll-back < subnet/s/roll-back', 'subnet/s/roll-back']);
    expect(findings(draft)).toEqual([]);
  });

  it('leaves what was there before, and what is the only copy', () => {
    const draft = rolledBack(
      { 'network/n': by('p1', 'reused'), 'network/m': { ...by('p1'), sourceRemoved: true }, 'network/x': by('p1') },
      { 'network/n': {}, 'network/m': {} },
    );
    expect(stepsOf(draft)).toEqual([]);
    expect(findings(draft)).toEqual([
      'warning source-gone: the twin of network m, twin, stays: its original was removed, so it is the only copy',
      'info not-ours: the twin of network n, twin, stays: the plan has not made it, it is reused',
      'warning source-gone: the twin of network x, twin, stays: no scan sees its original any more, so it may be the only copy',
    ]);
  });

  it('leaves what a twin that stays stands on, and what that stands on', () => {
    const seen = { 'folder/a': {}, 'folder/b': { parent: 'a' }, 'folder/c': { parent: 'b' } };
    const draft = rolledBack({ 'folder/a': by('p1'), 'folder/b': by('p1'), 'folder/c': by('p2') }, seen);
    expect(stepsOf(draft)).toEqual([]);
    expect(findings(draft)).toEqual([
      'warning in-use: the twin of folder b, twin, stays: folder c, whose twin stays, stands on it',
      'warning in-use: the twin of folder a, twin, stays: folder b, whose twin stays, stands on it',
    ]);
  });

  it('lets go of what the cloud has made with what goes, before that', () => {
    const draft = rolledBack({ 'network/n': by('p1'), 'subnet/s': by('p2', 'reused') });
    expect(stepsOf(draft)).toEqual(['network/n/roll-back < subnet/s/roll-back', 'subnet/s/roll-back']);
    expect(findings(draft)).toEqual([
      'info goes-along: subnet s goes with what it is in: the cloud has made it with that',
    ]);
  });
});
