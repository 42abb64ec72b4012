import type { Finding } from '@osm/contracts';
import type { Ref } from '@osm/kernel';
import { near } from './near.ts';
import { inWords, type Chosen } from './transform.ts';
import type { World } from './world.ts';

/** Why a type or a resource cannot be planned, with what was perhaps meant. */
export const unknownType = (type: string, world: World): Finding => {
  const meant = near(type, world.handlers.keys());
  return {
    code: 'unknown-type',
    severity: 'error',
    message: `cannot plan anything of type ${type}: there is no such resource type`,
    remedy:
      meant.length > 0
        ? `Did you mean ${meant.join(', ')}?`
        : `Use one of: ${[...world.handlers.keys()].sort().join(', ')}.`,
  };
};

export const unavailableType = (ref: Ref, reason: string): Finding => ({
  code: 'unavailable-type',
  severity: 'error',
  message: `cannot plan ${ref.type} ${ref.id}: the source does not list its type: ${reason}`,
  remedy: 'Have the service repaired or the type left out, then scan again.',
  ref,
});

export const noSuchResource = (ref: Ref, world: World): Finding => {
  const meant = namesakes(ref, world);
  return {
    code: 'no-such-resource',
    severity: 'error',
    message: `cannot plan ${ref.type} ${ref.id}: the source has no such resource, as far as scans have seen`,
    remedy: meant.length > 0 ? `Did you mean ${meant.join(', or ')}?` : 'Check the id, or scan the source again.',
    ref,
  };
};

/** Resources of the type whose id begins so, or whose name is like it: people type names where ids are wanted. */
const namesakes = ({ type, id }: Ref, world: World): readonly string[] => {
  const names = new Map<string, Ref[]>();
  for (const ref of world.all(type)) {
    for (const name of new Set([world.observed(ref)?.name ?? ref.id, ref.id])) {
      const namedSo = names.get(name);
      if (namedSo === undefined) names.set(name, [ref]);
      else namedSo.push(ref);
    }
  }
  const meant = near(id, names.keys()).flatMap((name) => names.get(name) ?? []);
  return [...new Set(meant)].slice(0, 3).map((ref) => inWords(ref, world.observed(ref)?.name));
};

/** A need that no scan has seen: deleted since, or hidden from the credential. */
export const notObserved = (ref: Ref, needer: Chosen): Finding => ({
  code: 'not-observed',
  severity: 'error',
  message: `cannot plan ${inWords(needer.ref, needer.name)}: it needs ${ref.type} ${ref.id}, which no scan has seen`,
  remedy: `Scan the source again with a credential that sees it, or register its twin: openstack-migrate register-external --resource-type ${ref.type} ${ref.id} DESTINATION-ID.`,
  ref,
});

/** One finding for each type: what many resources have in common is said once. */
export const perType = (
  resources: readonly Pick<Chosen, 'ref' | 'name'>[],
  about: Pick<Finding, 'code' | 'severity' | 'remedy'>,
  words: { readonly one: string; readonly many: string },
): readonly Finding[] => {
  const types = new Map<string, Pick<Chosen, 'ref' | 'name'>[]>();
  for (const resource of resources) {
    const known = types.get(resource.ref.type);
    if (known === undefined) types.set(resource.ref.type, [resource]);
    else known.push(resource);
  }
  return [...types].map(([type, [first, ...others]]): Finding => {
    if (first === undefined || others.length > 0) {
      return { ...about, message: `${others.length + 1} resources of type ${type} ${words.many}` };
    }
    return { ...about, message: `${inWords(first.ref, first.name)} ${words.one}`, ref: first.ref };
  });
};

/** What one event has room for; how many more there are is said in one more finding. */
export const bounded = (findings: readonly Finding[], most = 400): readonly Finding[] => {
  if (findings.length <= most) return findings;
  const ranks = { error: 0, warning: 1, info: 2 } as const;
  const kept = findings.toSorted((a, b) => ranks[a.severity] - ranks[b.severity]).slice(0, most);
  const worst = findings.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  const message = `there are ${findings.length - most} more findings than are shown here`;
  return [
    ...kept,
    { code: 'more-findings', severity: worst, message, remedy: 'Deal with those shown, then plan again.' },
  ];
};
