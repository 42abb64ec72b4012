import type { Finding } from '@osm/contracts';
import { refKey } from '@osm/kernel';
import { perType } from '../findings.ts';
import { isOurTwin } from '../is-removable.ts';
import { chosen, inWords, withFindings, type Chosen, type Transform } from '../transform.ts';
import type { Mapping } from '../world.ts';
import { stillContains, unmigratedMembers } from '../unmigrated-members.ts';
import { withoutRidden } from '../without-ridden.ts';
import { askedFor, missingRoot } from './select-roots.ts';

/** Originals that may be removed: those whose twin counts, and was not there before us. */
export const selectOriginals: Transform = (draft, world) => {
  const resources = new Map<string, Chosen>();
  const findings: Finding[] = [];
  const gone: Pick<Chosen, 'ref' | 'name'>[] = [];
  for (const ref of askedFor(draft)) {
    const mapping = world.mapping(ref);
    const original = chosen(ref, 'root', world);
    if (mapping?.sourceRemoved === true) gone.push({ ref, name: original?.name ?? null });
    else if (original === undefined) findings.push(missingRoot(ref, world, findings.length));
    else {
      const members = unmigratedMembers(ref, draft, world);
      const full = members.length === 0 ? undefined : stillContains(original, members, world, 'error');
      const refusal = refusalOf(original, mapping) ?? full;
      if (refusal === undefined) resources.set(refKey(ref), { ...original, work: 'none' });
      else findings.push(refusal);
    }
  }
  const done = perType(
    gone,
    { code: 'already-removed', severity: 'info', remedy: 'Nothing is to be done.' },
    { one: 'is removed from the source already', many: 'are removed from the source already' },
  );
  const { removed, findings: ridden } = withoutRidden(resources, world);
  return withFindings({ ...draft, resources: removed }, [...findings, ...ridden, ...done]);
};

const refusalOf = ({ ref, name, handler }: Chosen, mapping: Mapping | undefined): Finding | undefined => {
  const cannot = `cannot remove ${inWords(ref, name)} from the source`;
  if (mapping?.migrated !== true) {
    const remedy = 'Migrate it first: openstack-migrate start.';
    return { code: 'not-migrated', severity: 'error', message: `${cannot}: it has no twin`, remedy, ref };
  }
  if (isOurTwin(mapping.how, handler)) return undefined;
  const message = `${cannot}: its twin ${mapping.destinationId} was not made by us, it is ${mapping.how ?? 'not known how'}`;
  return { code: 'not-ours', severity: 'error', message, remedy: 'Remove it by hand if it must go.', ref };
};
