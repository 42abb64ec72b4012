import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { notObserved, unavailableType, unknownType } from '../findings.ts';
import { chosen, inWords, withFindings, type Chosen, type Transform } from '../transform.ts';
import type { World } from '../world.ts';

/** To a fixed point: what a resource stands on comes first; what has its twin already is an input, not a node. */
export const pullNeeds: Transform = (draft, world) => {
  const resources = new Map(draft.resources);
  const findings: Finding[] = [];
  const refused = new Set<string>();
  const missing = new Map<string, { readonly ref: Ref; readonly by: Chosen[] }>();
  for (const needer of resources.values()) {
    if (world.mapping(needer.ref)?.migrated === true) continue;
    for (const { ref, optional } of needer.needs) {
      const key = refKey(ref);
      // Not even a scan needs to have seen it: the image that a volume was made from may be gone.
      if (optional) continue;
      if (resources.has(key) || refused.has(key) || world.mapping(ref)?.migrated === true) continue;
      const known = missing.get(key);
      const need = known === undefined ? chosen(ref, 'need', world) : undefined;
      if (known !== undefined) known.by.push(needer);
      else if (need === undefined) {
        refused.add(key);
        findings.push(unplannable(ref, needer, world));
      } else if (draft.request.include.needs) resources.set(key, need);
      else missing.set(key, { ref, by: [needer] });
    }
  }
  const absent = [...missing.values()].map(({ ref, by }) => missingNeed(ref, by, world));
  return withFindings({ ...draft, resources }, [...findings, ...absent]);
};

const unplannable = (ref: Ref, needer: Chosen, world: World): Finding => {
  if (!world.handlers.has(ref.type)) return unknownType(ref.type, world);
  const reason = world.unavailable(ref.type);
  return reason === undefined ? notObserved(ref, needer) : unavailableType(ref, reason);
};

const missingNeed = (ref: Ref, by: readonly Chosen[], world: World): Finding => {
  const needers = by.slice(0, 3).map((needer) => inWords(needer.ref, needer.name));
  const more = by.length > 3 ? ` and ${by.length - 3} more` : '';
  return {
    code: 'missing-need',
    severity: 'error',
    message: `${inWords(ref, world.observed(ref)?.name)} has no twin and is not part of the plan; it is needed by ${needers.join(', ')}${more}`,
    remedy: 'Plan with --include-dependencies, or migrate it first.',
    ref,
  };
};
