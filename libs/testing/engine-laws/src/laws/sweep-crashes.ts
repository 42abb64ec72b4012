import type { PlanStep } from '@osm/contracts';
import { expect, it } from 'vitest';
import type { Around, Call } from '../around.ts';
import { killAt, recording, type Moment } from '../disturbances.ts';
import type { Scene } from '../scene.ts';
import { told } from '../witness.ts';
import { sweep } from './law.ts';

/** Work that is tried again and again, its worker killed at another place every time. */
export interface CrashSweep {
  /** A new scene, the same every time. */
  open(): Promise<Scene>;
  /** Does the work; the steps that it had. */
  run(scene: Scene, around: Around): Promise<readonly PlanStep[]>;
  /** Looks at a scene where nobody died, and tells what is wrong with one where somebody did. */
  judge(undisturbed: Scene, steps: readonly PlanStep[]): Promise<(scene: Scene) => Promise<readonly string[]>>;
}

/** What came of trying a thing at each place. */
export interface Swept {
  readonly steps: number;
  /** Awaits on the world outside in the undisturbed run. */
  readonly awaits: number;
  /** Runs that were disturbed. */
  readonly cases: number;
  /** Of them, those with a worker that was in fact killed, or an answer that was in fact lost. */
  readonly met: number;
  /** Runs after which all was as it should be. */
  readonly passed: number;
  readonly wrong: readonly string[];
}

/** What the sweep command reads of a test: which type, what its worker was at, and what came of it. */
export interface SweepMeta extends Omit<Swept, 'wrong'> {
  readonly type: string;
  readonly work: string;
}

declare module 'vitest' {
  interface TaskMeta {
    sweep?: SweepMeta;
  }
}

/** By when every request of a dead worker has landed, in milliseconds. */
const settled = 60_000;

/** Kills the worker at each await of its work and at each moment of it, and has the next one finish. */
export const sweepCrashes = async ({ open, run, judge }: CrashSweep): Promise<Swept> => {
  await using undisturbed = await open();
  const { calls, around } = recording();
  const steps = await run(undisturbed, around);
  const wrongOf = await judge(undisturbed, steps);
  const places = calls.flatMap((call, index) => momentsOf(call).map((moment) => ({ call, index, moment })));
  const wrong: string[] = [];
  let met = 0;
  let passed = 0;
  for (const { call, index, moment } of places) {
    await using scene = await open();
    const seen = recording();
    const kill = killAt(index + 1, moment, scene.later);
    await run(scene, (at, go) => seen.around(at, () => kill(at, go)));
    await scene.clock.sleep(settled);
    const found = await wrongOf(scene);
    if (seen.calls.length > index) met += 1;
    if (found.length === 0) passed += 1;
    wrong.push(...found.map((what) => `killed ${JSON.stringify(moment)} ${index + 1}: ${told(call)}: ${what}`));
  }
  return { steps: steps.length, awaits: calls.length, cases: places.length, met, passed, wrong };
};

/** Makes a sweep a test, which tells its counts to whoever runs it. */
export const itSweeps = (title: string, type: string, work: string, swept: () => Promise<Swept>): void =>
  it(title, sweep, async ({ task }) => {
    const { wrong, ...counts } = await swept();
    task.meta.sweep = { type, work, ...counts };
    expect(wrong).toEqual([]);
    expect(counts).toMatchObject({ met: counts.cases, passed: counts.cases });
  });

/**
 * Before and after; of a request that changes something also while it is under way, and of several events also when only
 * the first of them are written.
 */
export const momentsOf = (call: Call): readonly Moment[] => {
  const both: readonly Moment[] = ['before', 'after'];
  if (call.port === 'cloud') {
    const writes = call.what === 'send' && call.request.method !== 'GET';
    return writes ? [...both, { lands: settled / 2 }] : both;
  }
  const parts = call.what === 'append' ? call.events.slice(1).map((_, index) => ({ written: index + 1 })) : [];
  return [...both, ...parts];
};
