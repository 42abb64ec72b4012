import { refKey, type Ref } from '@osm/kernel';
import { perType } from '../findings.ts';
import { withRemovals } from '../removals.ts';
import { chosen, withFindings, type Chosen, type Draft, type Transform } from '../transform.ts';
import { stillContains, unmigratedMembers } from '../unmigrated-members.ts';
import { withoutRidden } from '../without-ridden.ts';
import type { World } from '../world.ts';

/** Only when asked, and only after everything that used it has been done: originals go in reversed order. */
export const appendCleanUp: Transform = (draft, world) => {
  if (draft.request.cleanUp !== 'after-migration') return draft;
  const own = [...draft.resources].filter(([, { as }]) => as !== 'need');
  const ours = own.filter(([, { ref }]) => isOurs(ref, draft, world));
  const full = ours.flatMap(([key, original]) => {
    const members = unmigratedMembers(original.ref, draft, world);
    return members.length === 0 ? [] : [{ key, finding: stillContains(original, members, world, 'warning') }];
  });
  const staying = new Set(full.map(({ key }) => key));
  const candidates = new Map(ours.filter(([key]) => !staying.has(key)));
  const { removed: unridden, findings: ridden } = withoutRidden(candidates, world);
  const removed = new Map(unridden);
  const kept = own.filter(
    ([key, { ref }]) => !candidates.has(key) && !staying.has(key) && world.mapping(ref)?.sourceRemoved !== true,
  );
  for (const [key, need] of ownNeeds(removed, draft, world)) removed.set(key, need);
  const findings = perType(
    kept.map(([, resource]) => resource),
    { code: 'kept', severity: 'info', remedy: 'Remove it from the source by hand if it must go.' },
    { one: 'is kept at the source: its twin is not ours', many: 'are kept at the source: their twins are not ours' },
  );
  return withFindings(withRemovals(draft, removed, world), [
    ...full.map(({ finding }) => finding),
    ...ridden,
    ...findings,
  ]);
};

/** Made by us, or to be made by this plan; what it turns out to be in the end is looked at again before the removal. */
const isOurs = (ref: Ref, draft: Draft, world: World): boolean => {
  const mapping = world.mapping(ref);
  if (mapping === undefined) return draft.resources.get(refKey(ref))?.work === 'all';
  return !mapping.sourceRemoved && (mapping.how === 'created' || mapping.how === 'adopted');
};

/** Needs that are removed with what needs them, as far as nothing else in the source uses them. */
const ownNeeds = (removed: ReadonlyMap<string, Chosen>, draft: Draft, world: World): ReadonlyMap<string, Chosen> => {
  const candidates = new Map<string, Chosen>();
  const consider = ({ needs }: Chosen): void => {
    for (const { ref, cleanUp } of needs) {
      const key = refKey(ref);
      if (!cleanUp || removed.has(key) || candidates.has(key) || !isOurs(ref, draft, world)) continue;
      const need = draft.resources.get(key) ?? chosen(ref, 'need', world);
      if (need !== undefined) candidates.set(key, need);
    }
  };
  for (const resource of removed.values()) consider(resource);
  // A map tells new keys to whoever walks it: needs of needs are considered too.
  for (const candidate of candidates.values()) consider(candidate);
  return withoutUsed(candidates, removed, world);
};

/** Leaves out what something uses that stays, and then what that in turn uses. */
const withoutUsed = (
  candidates: ReadonlyMap<string, Chosen>,
  removed: ReadonlyMap<string, Chosen>,
  world: World,
): ReadonlyMap<string, Chosen> => {
  const left = new Map(candidates);
  const staying = [...usersOf(candidates, world)].filter(({ user }) => !candidates.has(user) && !removed.has(user));
  const queue = staying.map(({ used }) => used);
  for (const key of queue) {
    const needs = left.get(key)?.needs ?? [];
    if (left.delete(key)) for (const { ref } of needs) queue.push(refKey(ref));
  }
  return left;
};

/** Who in the whole source needs or is tied to one of these. */
function* usersOf(
  candidates: ReadonlyMap<string, Chosen>,
  world: World,
): Generator<{ readonly user: string; readonly used: string }> {
  const types = new Set([...candidates.values()].map(({ ref }) => ref.type));
  for (const handler of world.handlers.values()) {
    if (![...handler.needTypes, ...handler.linkTypes].some((type) => types.has(type))) continue;
    for (const ref of world.all(handler.type)) {
      const attributes = world.observed(ref)?.attributes;
      if (attributes === undefined) continue;
      const relations = [...handler.needs(attributes, world.policy), ...handler.links(attributes)];
      for (const relation of relations) {
        const used = refKey(relation.ref);
        if (candidates.has(used)) yield { user: refKey(ref), used };
      }
    }
  }
}
