import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import type { Relation } from '@osm/resource';
import { perType } from '../findings.ts';
import { chosen, inWords, withFindings, type Chosen, type Transform } from '../transform.ts';
import type { Mapping, World } from '../world.ts';

/**
 * The twins that a plan has made, as far as they may go again: nothing that was there before, nothing whose original is
 * gone, and nothing on which a twin stands that stays. What stays, and why, is said; the rest is looked at again, on both
 * clouds, right before it goes.
 */
export const selectTwins: Transform = (draft, world) => {
  const found = world.mapped().filter((ref) => world.mapping(ref)?.broughtBy === draft.request.of);
  const wanted = new Set(draft.request.roots.map(refKey));
  const brought = wanted.size === 0 ? found : found.filter((ref) => wanted.has(refKey(ref)));
  const resources = new Map<string, Chosen>();
  const findings: Finding[] = [];
  for (const ref of brought) {
    const resource = chosen(ref, 'root', world);
    const reason = reasonToStay(ref, resource, world.mapping(ref));
    if (reason !== undefined) findings.push(stays(ref, resource?.name, world.mapping(ref), reason));
    else if (resource !== undefined) resources.set(refKey(ref), { ...resource, work: 'none' });
  }
  for (const { key, user } of usedByOthers(resources, world)) {
    const resource = resources.get(key);
    if (resource === undefined) continue;
    resources.delete(key);
    const reason: Reason = {
      code: 'in-use',
      severity: 'warning',
      why: `${inWords(user, world.observed(user)?.name)}, whose twin stays, stands on it`,
      remedy: 'Roll back the plan that has made that twin first.',
    };
    findings.push(stays(resource.ref, resource.name, world.mapping(resource.ref), reason));
  }
  const along = goAlong(resources, world);
  for (const [key, resource] of along) resources.set(key, resource);
  const left = findings.filter(({ ref }) => ref === undefined || !along.has(refKey(ref)));
  const told = perType(
    [...along.values()],
    { code: 'goes-along', severity: 'info', remedy: 'Nothing is to be done.' },
    {
      one: 'goes with what it is in: the cloud has made it with that',
      many: 'go with what they are in: the cloud has made them with that',
    },
  );
  return withFindings({ ...draft, resources }, [...left, ...told]);
};

/** What a cloud has made with a twin that goes, as every project has a default security group, goes with it. */
const goAlong = (going: ReadonlyMap<string, Chosen>, world: World): ReadonlyMap<string, Chosen> => {
  const along = new Map<string, Chosen>();
  for (const ref of world.mapped()) {
    const resource = chosen(ref, 'member', world);
    const parents = resource?.needs.filter((relation) => comesWith(ref, relation, world)) ?? [];
    if (resource !== undefined && parents.some((parent) => going.has(refKey(parent.ref)))) {
      along.set(refKey(ref), { ...resource, work: 'none' });
    }
  }
  return along;
};

/** One that was there before us, in what was made by us: so it came with it. Keystone makes nothing by itself. */
const comesWith = (ref: Ref, relation: Relation, world: World): boolean =>
  relation.parent && world.mapping(ref)?.how === 'reused' && world.handlers.get(ref.type)?.api.service !== 'identity';

interface Reason {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly why: string;
  readonly remedy: string;
}

const stays = (ref: Ref, name: string | null | undefined, mapping: Mapping | undefined, reason: Reason): Finding => ({
  code: reason.code,
  severity: reason.severity,
  message: `the twin of ${inWords(ref, name)}, ${mapping?.destinationId ?? 'unknown'}, stays: ${reason.why}`,
  remedy: reason.remedy,
  ref,
});

const reasonToStay = (ref: Ref, resource: Chosen | undefined, mapping: Mapping | undefined): Reason | undefined => {
  if (mapping?.how !== 'created' && mapping?.how !== 'adopted') {
    const why = `the plan has not made it, it is ${mapping?.how ?? 'not known how'}`;
    return { code: 'not-ours', severity: 'info', why, remedy: 'Nothing is to be done.' };
  }
  if (!mapping.sourceRemoved && resource !== undefined) return undefined;
  const why = mapping.sourceRemoved
    ? 'its original was removed, so it is the only copy'
    : `no scan sees its original any more, so it may be the only copy`;
  return { code: 'source-gone', severity: 'warning', why, remedy: `Delete the ${ref.type} by hand if it must go.` };
};

/** What a twin that stays stands on stays too, and so what that in turn stands on; each with one of its users. */
function* usedByOthers(
  going: ReadonlyMap<string, Chosen>,
  world: World,
): Generator<{ readonly key: string; readonly user: Ref }> {
  const staying = world.mapped().filter((ref) => !going.has(refKey(ref)));
  const seen = new Set<string>();
  for (const user of staying) {
    const resource = chosen(user, 'need', world);
    for (const relation of [...(resource?.needs ?? []), ...(resource?.links ?? [])]) {
      const { ref } = relation;
      const key = refKey(ref);
      if (!going.has(key) || seen.has(key) || comesWith(user, relation, world)) continue;
      seen.add(key);
      // Whoever walks the list sees what is added to it.
      staying.push(ref);
      yield { key, user };
    }
  }
}
