import { Failure, type JsonObject } from '@osm/kernel';
import type { Cloud, Step, StepContext } from '@osm/resource';
import { partsOf } from './container-name.ts';
import { readContainer } from './container-rest.ts';
import type { Copier } from './copy-object.ts';
import { openLanes } from './lanes.ts';
import { runPass } from './pass.ts';
import type { Passed } from './tally.ts';

/** Objects that are sent at a time: as many as a cloud's pool of connections for transfers has. */
const lanesForBytes = 16;

/**
 * Copies the objects, in passes over both listings until one of them finds nothing to do: its clients may go on writing.
 * What is at the destination already is not sent again, so a run that was cut off goes on where it was.
 */
export const transferObjects: Step = {
  name: 'transfer',
  service: 'data-transfer',
  run: async (context) => {
    const { ref, destinationId, policy, source, destination, signal } = context;
    if (destinationId === undefined) throw noTwin(context);
    const container = partsOf(ref.id).name;
    const ahead = (await clockOf(destination, signal)) - (await clockOf(source, signal));
    const copier = copierOf(context, await bytesIn(source, ref.id, signal), ahead);
    let written = 0;
    for (let pass = 1; ; pass++) {
      const copies = pass <= policy.copy_passes;
      const passed = await runPass(copier, { container, prefix: '', copies });
      written += passed.copied;
      if (isSettled(passed)) return outputs(passed, pass, written);
      // Nothing can be done about the rest, or it was tried often enough.
      if (!copies || passed.copied + passed.gone === 0) throw differ(context, container, passed);
    }
  },
};

const isSettled = ({ copied, unequal, manifest }: Passed): boolean =>
  copied === 0 && unequal === 0 && manifest.source === manifest.destination;

const outputs = ({ objects, bytes, manifest, extra }: Passed, passes: number, copied: number): JsonObject => ({
  objects,
  bytes,
  manifest: manifest.destination,
  passes,
  copied,
  ...(extra === 0 ? {} : { extra }),
});

const copierOf = (context: StepContext, total: number | undefined, ahead: number): Copier => {
  const { source, destination, signal, clock, twinOf, move, progress } = context;
  const lanes = openLanes(lanesForBytes);
  let already = 0;
  return {
    ...{ source, destination, signal, clock, twinOf, move, total, ahead },
    already: () => already,
    moved: (bytes) => {
      already += bytes;
      progress(already, total === undefined ? undefined : Math.max(total, already));
    },
    inLane: <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        lanes.begin(() => work().then(resolve, reject)).catch(reject);
      }),
  };
};

/** By the cloud's own clock, in milliseconds: times in listings are by it. */
export const clockOf = async (cloud: Cloud, signal: AbortSignal): Promise<number> => {
  const query = { limit: '1', format: 'json' };
  const { headers } = await cloud.send('object-store', { method: 'GET', path: '', query }, signal);
  return Date.parse(headers['date'] ?? '');
};

const bytesIn = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<number | undefined> => {
  const { bytes } = await readContainer(cloud, id, signal);
  return typeof bytes === 'number' ? bytes : undefined;
};

const noTwin = ({ ref }: StepContext): Failure =>
  new Failure('missing-twin', `cannot copy the objects of container ${ref.id}: it has no twin`, {
    remedy: 'Migrate the container first.',
  });

const differ = ({ ref, policy }: StepContext, container: string, { reasons, unequal, copied }: Passed): Failure => {
  const many = unequal > reasons.length ? ` and ${unequal - reasons.length} more` : '';
  const which = unequal === 0 ? `${copied} were changed while they were copied` : `${reasons.join('; ')}${many}`;
  return new Failure('objects-differ', `objects of container ${container} (${ref.id}) and its twin differ: ${which}`, {
    remedy: `Look at them. Where clients go on writing, stop them or raise copy_passes (now ${policy.copy_passes}), then retry.`,
  });
};
