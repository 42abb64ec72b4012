import type { Finding } from '@osm/contracts';
import { refKey, type Ref } from '@osm/kernel';
import { inWords, type Chosen } from './transform.ts';
import type { World } from './world.ts';

/** Originals that may go, and why the others may not. */
export interface Unridden {
  readonly removed: ReadonlyMap<string, Chosen>;
  readonly findings: readonly Finding[];
}

/**
 * Leaves out originals with which the cloud would delete what stays at the source: with a security group Neutron deletes
 * the rules of other groups that name it, silently.
 */
export const withoutRidden = (originals: ReadonlyMap<string, Chosen>, world: World): Unridden => {
  const removed = new Map(originals);
  const findings: Finding[] = [];
  // One that stays keeps what is in it, and that keeps others.
  for (let before = -1; before !== removed.size;) {
    before = removed.size;
    for (const [key, original] of removed) {
      const staying = world.goingWith(original.ref).filter((ref) => stays(ref, removed, world));
      if (staying.length === 0) continue;
      removed.delete(key);
      findings.push(isNamed(original, staying, world));
    }
  }
  return { removed, findings };
};

/** Neither removed itself nor in something that is, and there still. */
const stays = (ref: Ref, removed: ReadonlyMap<string, Chosen>, world: World): boolean => {
  if (world.observed(ref) === undefined || world.mapping(ref)?.sourceRemoved === true) return false;
  return !removed.has(refKey(ref)) && !placesOf([ref], world).some((place) => removed.has(refKey(place)));
};

/** What these live in: they go with it. */
export const placesOf = (refs: readonly Ref[], world: World): readonly Ref[] =>
  refs.flatMap((ref) => {
    const attributes = world.observed(ref)?.attributes;
    const needs = attributes === undefined ? [] : (world.handlers.get(ref.type)?.needs(attributes, world.policy) ?? []);
    return needs.filter(({ parent, owner }) => parent && !owner).map((need) => need.ref);
  });

const isNamed = ({ ref, name }: Chosen, users: readonly Ref[], world: World): Finding => {
  const named = users.slice(0, 3).map((user) => inWords(user, world.observed(user)?.name));
  const more = users.length > named.length ? ` and ${users.length - named.length} more` : '';
  return {
    code: 'still-named',
    severity: 'warning',
    message: `${inWords(ref, name)} is kept at the source: ${named.join(', ')}${more} would be deleted with it`,
    remedy: 'Remove what they are in by the same plan, or remove it by hand if they may go.',
    ref,
  };
};
