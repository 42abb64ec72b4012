import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { chosen, inWords, withFindings, type Chosen, type Transform } from '../transform.ts';
import { byRef, type World } from '../world.ts';

/** Before needs, because a member brings its own; of what was asked for and theirs, never those of a need. */
export const pullMembers: Transform = (draft, world) => {
  if (!draft.request.include.members) return draft;
  const resources = new Map(draft.resources);
  const findings: Finding[] = [];
  // A map tells new keys to whoever walks it, so this goes on until no member has further members.
  for (const container of resources.values()) {
    for (const ref of membersOf(container, world)) {
      if (resources.has(refKey(ref)) || !world.handlers.has(ref.type)) continue;
      const member = chosen(ref, 'member', world);
      if (member === undefined) findings.push(memberNotObserved(ref, container));
      else if (member.handler.eligible(member.attributes)) resources.set(refKey(ref), member);
    }
  }
  return withFindings({ ...draft, resources }, findings);
};

/** What lives in it, and what it is tied to as to a part of it (the subnets of a router). */
const membersOf = ({ ref, handler, attributes }: Chosen, world: World): readonly Ref[] =>
  [...world.membersOf(ref), ...handler.memberLinks(attributes).map((link) => link.ref)].sort(byRef);

const memberNotObserved = (ref: Ref, container: Chosen): Finding => ({
  code: 'member-not-observed',
  severity: 'warning',
  message: `${ref.type} ${ref.id}, a member of ${inWords(container.ref, container.name)}, is left out: no scan has seen it`,
  remedy: 'Scan the source again with a credential that sees it.',
  ref,
});
