import type { Finding } from '@osm/contracts';
import { isFailure } from '@osm/kernel';
import type { Context } from '@osm/resource';
import { inWords, withFindings, type Chosen, type Transform } from '../transform.ts';

/**
 * Says before anything is written what its handler will refuse to make. Only for what was asked for by name does that
 * refuse the plan: one member that cannot be made hides no other.
 */
export const foreseeRefusals: Transform = (draft, world) => {
  const context: Context = { policy: world.policy, outputs: {}, extensions: new Set() };
  const findings = [...draft.resources.values()]
    .filter(({ work }) => work === 'all')
    .flatMap((resource) => refusal(resource, context) ?? []);
  return withFindings(draft, findings);
};

const refusal = ({ ref, name, handler, attributes, as }: Chosen, context: Context): Finding | undefined => {
  try {
    // Twins are not known yet; whatever stands for them, the body is thrown away.
    handler.create(attributes, ({ id }) => id, context);
    return undefined;
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, message, remedy } = error;
    if (as === 'root') return { code, severity: 'error', message, remedy, ref };
    const told = `${inWords(ref, name)} will fail, and what needs it will be skipped: ${message}`;
    return { code, severity: 'warning', message: told, remedy, ref };
  }
};
