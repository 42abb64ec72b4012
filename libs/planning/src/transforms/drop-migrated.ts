import { refKey } from '@osm/kernel';
import { perType } from '../findings.ts';
import { withFindings, type Chosen, type Draft, type Transform } from '../transform.ts';
import type { World } from '../world.ts';

/** What has its twin is done, but for links whose other end gets a twin only now or got it since. */
export const dropMigrated: Transform = (draft, world) => {
  const resources = new Map(draft.resources);
  const done: Chosen[] = [];
  for (const [key, resource] of draft.resources) {
    if (world.mapping(resource.ref)?.migrated !== true) continue;
    const work = hasLinksToTie(resource, draft, world) ? 'links' : 'none';
    resources.set(key, { ...resource, work });
    if (work === 'none') done.push(resource);
  }
  const findings = perType(
    done,
    { code: 'already-migrated', severity: 'info', remedy: 'Nothing is to be done.' },
    { one: 'has its twin already', many: 'have their twins already' },
  );
  return withFindings({ ...draft, resources }, findings);
};

/** A twin that a person registered is not ours to change. */
const hasLinksToTie = ({ ref, links, handler, attributes }: Chosen, draft: Draft, world: World): boolean => {
  const mapping = world.mapping(ref);
  if (mapping === undefined || mapping.how === 'external') return false;
  const untied = links.some(
    (link) => draft.resources.has(refKey(link.ref)) && world.mapping(link.ref)?.migrated !== true,
  );
  if (mapping.complete && !untied) return false;
  return handler.steps(attributes, world.policy).some(({ afterLinks }) => afterLinks);
};
