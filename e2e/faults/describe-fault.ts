import { natsServerMissing } from '@osm/testing/nats-server';
import { afterEach, it } from 'vitest';
import { closeScenes } from './stage.ts';

/** One row of the fault matrix. */
export interface Fault {
  /** Its number in the matrix, from 1. */
  readonly id: number;
  /** What goes wrong. */
  readonly fault: string;
  /** What must come of it. */
  readonly expected: string;
  /** Seconds that it may take on a busy machine; default 300. */
  readonly seconds?: number;
  /** Brings it about and says what came of it, with figures; raises where that is not what was expected. */
  run(): Promise<string>;
}

/** What a run of a row tells the table, in the `meta` of its test. */
export interface FaultMeta {
  readonly id: number;
  readonly fault: string;
  readonly expected: string;
  readonly got?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultMeta;
  }
}

/** Makes a row of the matrix a test of its own file, so that each has a process to itself. */
export const describeFault = ({ id, fault, expected, seconds = 300, run }: Fault): void => {
  const title = `${String(id).padStart(2, '0')} ${fault}: ${expected}`;
  afterEach(closeScenes);
  const test = natsServerMissing() === undefined ? it : it.skip;
  test(title, { timeout: seconds * 1000, meta: { fault: { id, fault, expected } } }, async ({ task }) => {
    task.meta.fault = { id, fault, expected, got: await run() };
  });
};
