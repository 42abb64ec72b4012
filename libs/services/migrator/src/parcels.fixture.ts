import { inventorySubject, planSubject, type PlanStep } from '@osm/contracts';
import { Failure, type JsonObject } from '@osm/kernel';
import { defineResource, type Cloud, type Policy, type Reader, type StepContext, type Writer } from '@osm/resource';
import type { TestPorts } from '@osm/testing/ports';
import { z } from 'zod';

const chunk = new Uint8Array(64 * 1024);

/** So many bytes of nothing. */
const zeros = (size: number): Reader => ({
  size,
  read: async (take, signal) => {
    for (let left = size; left > 0; left -= chunk.length) {
      // As a socket does, it lets others have a turn.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      await take(chunk.subarray(0, Math.min(left, chunk.length)));
    }
  },
  close: () => undefined,
});

const nowhere: Writer<string> = {
  write: () => undefined,
  end: () => Promise.resolve('taken'),
  abort: () => undefined,
};

/** What a test does about the parcels that are carried. */
export interface Carrier {
  /** What one parcel's step does; default: it moves the parcel's bytes. */
  carry(id: string, context: StepContext): Promise<JsonObject>;
}

export const moveParcel = async (context: StepContext): Promise<JsonObject> => {
  const { bytes } = await context.move(zeros(Number(context.attributes['size'])), nowhere);
  return { bytes };
};

/** A type whose only step moves bytes between two clouds that are never asked for anything. */
export const parcelOf = (carrier: Carrier) =>
  defineResource({
    type: 'parcel',
    summary: 'So many bytes.',
    api: { service: 'image', path: '/parcels', one: 'parcel', many: 'parcels', update: 'PUT' },
    source: z.object({ id: z.string(), size: z.number(), backend: z.string().optional() }),
    needs: {},
    filters: [],
    create: () => ({}),
    adopt: { marker: 'description' },
    drop: {},
    steps: [
      {
        name: 'carry',
        service: 'data-transfer',
        backend: ({ backend }) => (typeof backend === 'string' ? backend : undefined),
        run: (context) => carrier.carry(context.ref.id, context),
      },
    ],
  });

/** A cloud that nobody may ask anything. */
export const silentCloud = (name: string): Cloud => {
  const refuse = (): never => {
    throw new Failure('asked', `${name} is asked for something`, { remedy: 'None.' });
  };
  return {
    name,
    send: refuse,
    list: refuse,
    has: refuse,
    microversion: refuse,
    extensions: refuse,
    whoAmI: refuse,
    inProject: refuse,
    download: refuse,
    upload: refuse,
  };
};

export interface Parcel {
  readonly id: string;
  readonly size: number;
  readonly backend?: string;
  readonly priority?: Policy['priority'];
}

/** Has a parcel carried, by a plan of its own with the parcel's id. */
export const dispatchParcel = async (open: TestPorts, parcel: Parcel): Promise<void> => {
  const { id, priority = 'normal', ...attributes } = parcel;
  const ref = { type: 'parcel', id };
  await open.tell(inventorySubject('old', ref), {
    type: 'ResourceObserved',
    data: {
      scanId: 's',
      name: id,
      projectId: null,
      attributes: { id, ...attributes },
      fingerprint: id,
      needs: [],
      parents: [],
      links: [],
      unknown: [],
    },
  });
  const step: PlanStep = {
    id: stepOf(id).stepId,
    ref,
    name: id,
    step: 'carry',
    service: 'data-transfer',
    needs: [],
    always: false,
  };
  await open.tell(
    planSubject(id),
    {
      type: 'PlanRequested',
      data: {
        route: { source: 'old', destination: 'new' },
        roots: [ref],
        include: { needs: false, members: false },
        intent: 'migrate',
        cleanUp: 'never',
        policy: { multitenant_mode: false, priority },
        asOf: 0,
        by: 'ann',
      },
    },
    { type: 'PlanSectionDrafted', data: { index: 0, steps: [step] } },
  );
  await open.ports.queue.enqueue('data-transfer', `${id}/1`, { ...stepOf(id), attempt: 1 });
};

/** What telemetry calls the step of a parcel. */
export const stepOf = (id: string) => ({ planId: id, stepId: `parcel/${id}/carry` });
