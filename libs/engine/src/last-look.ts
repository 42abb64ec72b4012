import type { MigrationState } from '@osm/domain';
import type { JsonObject } from '@osm/kernel';
import type { Fidelity } from '@osm/resource';

/** What each step has put out when it last succeeded, whatever plan it was of. */
export const pastOutputs = (state: MigrationState): { readonly [step: string]: JsonObject } => {
  const steps = state.settled.filter(({ outcome }) => outcome === 'succeeded');
  return Object.fromEntries(steps.map((step) => [step.step, step.outputs]));
};

/** Attributes in which a twin is not what its original is, and nobody meant it to be so. */
export const differing = ({ others }: Pick<Fidelity, 'others'>): readonly string[] =>
  others.filter(({ verdict }) => verdict === 'lost' || verdict === 'unknown').map(({ attribute }) => attribute);
