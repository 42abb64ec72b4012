import { expect, it } from 'vitest';
import type { Call } from '../around.ts';
import { recording, stallAt } from '../disturbances.ts';
import { openScene, type Scene } from '../scene.ts';
import { creates, failures, isCreate, told, worldOf } from '../witness.ts';
import { sweep, type Law } from './law.ts';

/**
 * A worker that sleeps past its lease and wakes when another one has done its work changes nothing more: its requests
 * are stopped by the signal of the lost lease, its late appends by the fence.
 */
export const fencesZombies: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);

  it('lets no worker record anything that has lost its lease', sweep, async () => {
    const { calls, world, beforeCreate } = await undisturbedRun(open);
    const wrong: string[] = [];
    for (const [index, call] of calls.entries()) {
      // A frozen process may wake before it notices that its lease is lost: then the fence alone has to hold. It cannot
      // hold what was frozen with the request in its hand.
      const wakings = call.port === 'log' || beforeCreate.has(call) ? ([true, false] as const) : ([true] as const);
      for (const noticed of wakings) {
        await using scene = await open();
        const late = await runWithZombie(scene, index + 1, noticed);
        const now = worldOf(scene);
        const where = `stalled at ${index + 1}, ${noticed ? 'noticed' : 'not noticed'}: ${told(call)}`;
        const what = [
          ...late.map((type) => `recorded ${type} late`),
          ...failures(await scene.events()).map((code) => `failed with ${code}`),
          ...now.filter((row) => !world.includes(row)).map((row) => `there is ${row}`),
          ...world.filter((row) => !now.includes(row)).map((row) => `there is no ${row}`),
          ...(creates(scene) === 1 ? [] : [`${creates(scene)} create requests`]),
        ];
        wrong.push(...what.map((words) => `${where}: ${words}`));
      }
    }
    expect(wrong).toEqual([]);
  });
};

const undisturbedRun = async (open: () => Promise<Scene>) => {
  await using scene = await open();
  const { calls, around } = recording();
  await scene.run('p1', await scene.plan('p1'), { around });
  return { calls, world: worldOf(scene), beforeCreate: beforeCreate(scene, calls) };
};

/** The calls of the create step that come before its create request. */
const beforeCreate = (scene: Scene, calls: readonly Call[]): ReadonlySet<Call> => {
  const isIt = isCreate(scene);
  const create = calls.findIndex(
    (call) => call.port === 'cloud' && call.what === 'send' && isIt(call.request, call.cloud),
  );
  const begin = calls.findLastIndex((call, index) => index < create && isStart(call));
  return new Set(calls.slice(begin, create));
};

const isStart = (call: Call): boolean =>
  call.port === 'log' && call.what === 'append' && call.events.some(({ type }) => type === 'StepStarted');

/** Runs all steps; the first worker is held at its n-th call until a second one has done the step. */
const runWithZombie = async (scene: Scene, n: number, noticed: boolean): Promise<readonly string[]> => {
  const stall = stallAt(n);
  const lease = new AbortController();
  const steps = await scene.plan('p1');
  for (const [index, step] of steps.entries()) {
    const working = scene.work(step, 'p1', { around: stall.around, signal: lease.signal });
    const asleep = await Promise.race([stall.reached.then(() => true), working.then(() => false)]);
    if (!asleep) continue;
    await scene.work(step, 'p1', { deliveries: 2 });
    const before = (await scene.events()).length;
    if (noticed) lease.abort(new Error('the lease is lost'));
    stall.release();
    // Whatever it ends with: nobody listens to it any more.
    await Promise.allSettled([working]);
    const late = (await scene.events()).slice(before).map(({ type }) => type);
    await scene.run('p1', steps.slice(index + 1));
    return late;
  }
  throw new Error(`no call ${n}`);
};
