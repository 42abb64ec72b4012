import type { Step, StepContext } from '@osm/resource';
import { headersOf } from './container-headers.ts';
import { containerPath, partsOf } from './container-name.ts';

/** What would be in the way of the copy: versions of what is overwritten, and limits that the original itself is beyond. */
const names = ['quota_bytes', 'quota_count', 'versions_enabled', 'versions_location', 'history_location'];

/** Sets quotas and versioning, when all objects are there. A twin that was there before is left as it is. */
export const seal: Step = {
  name: 'seal',
  when: (attributes) => names.some((name) => attributes[name] !== undefined),
  run: async (context) => {
    const { ref, attributes, destination, destinationId, signal } = context;
    if (destinationId === undefined || isReused(context)) return {};
    const wanted = Object.fromEntries(names.flatMap((name) => [[name, attributes[name]] as const]));
    const headers = headersOf(
      Object.fromEntries(
        Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    );
    const path = containerPath(partsOf(ref.id).name);
    await destination.send('object-store', { method: 'POST', path, headers, repeatable: true }, signal);
    return {};
  },
};

const isReused = ({ outputs, history }: StepContext): boolean => {
  const made = [...history, { step: 'create', outputs: outputs['create'] ?? {} }].filter(
    ({ step }) => step === 'create',
  );
  return made.findLast(({ outputs: { how } }) => how !== undefined)?.outputs['how'] === 'reused';
};
