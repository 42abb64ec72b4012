import type { JsonObject } from '@osm/kernel';
import { PolicySchema } from '@osm/resource';
import { securityGroup } from '@osm/resources/network';
import { memoryCloud } from '@osm/testing/engine-laws';
import { describe, expect, it } from 'vitest';
import { findTwin } from './find-twin.ts';

const group = (id: string, project_id: string): JsonObject => ({
  id,
  project_id,
  name: 'default',
  security_group_rules: [],
});

/** A destination whose administrator sees the default groups of several projects; its own project is `own`. */
const destination = (...groups: readonly JsonObject[]) => {
  const options = { name: 'new', handler: securityGroup, minimal: {}, extensions: [], unique: [] };
  const cloud = memoryCloud(options);
  for (const each of groups) cloud.keep('/security-groups', each);
  return { ...cloud, whoAmI: () => Promise.resolve({ userId: 'admin', projectId: 'own', roles: ['admin'] }) };
};

const look = (cloud: ReturnType<typeof destination>, ownProjectOnly: boolean) => {
  const policy = PolicySchema.parse({ multitenant_mode: false });
  const lookup = securityGroup.lookup(group('g', 'p'), () => undefined, 'marker', policy);
  const search = { lookup, marker: 'marker', sourceId: 'g', attempted: false, creating: false, ownProjectOnly };
  return findTwin(cloud, securityGroup, search, new AbortController().signal);
};

describe('the look-up of what the cloud keeps unique', () => {
  it('defect 31: takes only what its own project has, also where the credential sees all projects', async () => {
    const cloud = destination(group('theirs', 'other'), group('mine', 'own'));
    await expect(look(cloud, true)).resolves.toEqual({ destinationId: 'mine', how: 'reused' });
    await expect(look(destination(group('theirs', 'other')), true)).resolves.toBeUndefined();
  });

  it('stops where two or more could be meant', async () => {
    const cloud = destination(group('one', 'own'), group('other', 'own'));
    await expect(look(cloud, true)).rejects.toMatchObject({ code: 'ambiguous-twin' });
  });
});
