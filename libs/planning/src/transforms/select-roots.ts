import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { noSuchResource, perType, unavailableType, unknownType } from '../findings.ts';
import { chosen, inWords, withFindings, type Chosen, type Draft, type Transform } from '../transform.ts';
import { byRef, type World } from '../world.ts';

/** What was asked for, and nothing that clouds make themselves. */
export const selectRoots: Transform = (draft, world) => {
  const resources = new Map<string, Chosen>();
  const findings: Finding[] = [];
  const gone: Pick<Chosen, 'ref' | 'name'>[] = [];
  for (const ref of askedFor(draft)) {
    const root = chosen(ref, 'root', world);
    if (root === undefined && world.mapping(ref)?.migrated === true) gone.push({ ref, name: null });
    else if (root === undefined) findings.push(missingRoot(ref, world, findings.length));
    else if (!root.handler.eligible(root.attributes)) findings.push(notEligible(root));
    else resources.set(refKey(ref), root);
  }
  const done = perType(
    gone,
    { code: 'already-migrated', severity: 'info', remedy: 'Nothing is to be done.' },
    {
      one: 'has its twin already, and its source is gone',
      many: 'have their twins already, and their sources are gone',
    },
  );
  return withFindings({ ...draft, resources }, [...findings, ...done]);
};

/** The roots in their order, each once. */
export const askedFor = ({ request }: Draft): readonly Ref[] =>
  [...new Map(request.roots.map((ref) => [refKey(ref), ref])).values()].sort(byRef);

/** Why a root is not there. Names like it are looked for only a few times: that walks all resources of the type. */
export const missingRoot = (ref: Ref, world: World, before: number): Finding => {
  if (!world.handlers.has(ref.type)) return unknownType(ref.type, world);
  const reason = world.unavailable(ref.type);
  if (reason !== undefined) return unavailableType(ref, reason);
  return noSuchResource(ref, before < 20 ? world : { ...world, all: () => [] });
};

const notEligible = ({ ref, name }: Chosen): Finding => ({
  code: 'not-eligible',
  severity: 'error',
  message: `cannot plan ${inWords(ref, name)}: clouds make such a ${ref.type} themselves`,
  remedy: 'Leave it out: the destination has its own.',
  ref,
});
