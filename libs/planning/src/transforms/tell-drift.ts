import { inWords, withFindings, type Transform } from '../transform.ts';

/** Says of what has its twin already what was changed at the source since: a twin is made once, and not made equal again. */
export const tellDrift: Transform = (draft, world) => {
  const findings = [...draft.resources.values()].flatMap(({ ref, name, work }) => {
    const changed = work === 'all' ? [] : world.changed(ref);
    if (changed.length === 0) return [];
    return {
      code: 'source-changed',
      severity: 'warning' as const,
      message: `${inWords(ref, name)} was changed at the source since its twin was made: ${changed.join(', ')}`,
      remedy:
        'Change the twin likewise; or delete the twin and its record (openstack-migrate delete), and start again.',
      ref,
    };
  });
  return withFindings(draft, findings);
};
