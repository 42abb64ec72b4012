import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { inWords, type Chosen, type Draft } from './transform.ts';
import type { World } from './world.ts';

/**
 * What lives in an original and would go with it, though it has no twin and gets none by this plan: Keystone deletes
 * everything in a domain, Neutron the subnets of a network.
 */
export const unmigratedMembers = (ref: Ref, draft: Draft, world: World): readonly Ref[] =>
  world.membersOf(ref).filter((member) => {
    if (world.mapping(member)?.migrated === true) return false;
    if (draft.resources.get(refKey(member))?.work === 'all') return false;
    const attributes = world.observed(member)?.attributes;
    return attributes !== undefined && world.handlers.get(member.type)?.eligible(attributes) === true;
  });

/** Why an original must stay for now. */
export const stillContains = (
  original: Pick<Chosen, 'ref' | 'name'>,
  members: readonly Ref[],
  world: World,
  severity: Finding['severity'],
): Finding => {
  const named = members.slice(0, 3).map((member) => inWords(member, world.observed(member)?.name));
  const more = members.length > named.length ? ` and ${members.length - named.length} more` : '';
  return {
    code: 'still-contains',
    severity,
    message: `cannot remove ${inWords(original.ref, original.name)} from the source: ${named.join(', ')}${more} in it would be lost`,
    remedy: 'Migrate what is in it first, with --include-members, or remove that by hand.',
    ref: original.ref,
  };
};
