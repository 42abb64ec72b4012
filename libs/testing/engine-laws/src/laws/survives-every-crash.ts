import { expect, it } from 'vitest';
import type { MigrationEvent } from '@osm/contracts';
import { isJsonObject } from '@osm/kernel';
import type { Around, Call } from '../around.ts';
import { killAt, losingAnswer, recording, type Moment } from '../disturbances.ts';
import { openScene, type Scene } from '../scene.ts';
import { count, creates, failures, identified, told, worldOf } from '../witness.ts';
import { sweep, type Law } from './law.ts';

/**
 * Whatever call a worker dies at, the next one finishes its work: in the end both clouds are as if nothing had happened,
 * with one twin, no temporary resource and one outcome for each step.
 */
export const survivesEveryCrash: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);

  it('makes one twin, whatever call its worker dies at', sweep, async () => {
    const { calls, world } = await undisturbedRun(open);
    const wrong: string[] = [];
    for (const [index, call] of calls.entries()) {
      for (const moment of momentsOf(call)) {
        await using scene = await open();
        const steps = await scene.plan('p1');
        await scene.run('p1', steps, { around: killAt(index + 1, moment, scene.later) });
        await scene.clock.sleep(settled);
        const where = `killed ${JSON.stringify(moment)} ${index + 1}: ${told(call)}`;
        wrong.push(...(await differencesOf(scene, world, steps.length)).map((what) => `${where}: ${what}`));
      }
    }
    expect(wrong).toEqual([]);
  });

  it('makes one twin, whatever answer is lost', sweep, async () => {
    const { calls, world } = await undisturbedRun(open);
    const posts = calls.flatMap((call) =>
      call.port === 'cloud' && call.what === 'send' && call.request.method !== 'GET' ? [call.request] : [],
    );
    const wrong: string[] = [];
    for (const { method, path, body } of posts) {
      await using scene = await open();
      const steps = await scene.plan('p1');
      const keys = isJsonObject(body) ? JSON.stringify(Object.keys(body)) : '';
      const around: Around = losingAnswer((request) => {
        const itsKeys = isJsonObject(request.body) ? JSON.stringify(Object.keys(request.body)) : '';
        return request.method === method && samePlace(request.path, path) && itsKeys === keys;
      });
      await scene.run('p1', steps, { around });
      const where = `lost the answer of ${method} ${path}`;
      wrong.push(...(await differencesOf(scene, world, steps.length)).map((what) => `${where}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });
};

/** Ids that the cloud has made may differ from run to run. */
const samePlace = (a: string, b: string): boolean => a.replaceAll(/made-\d+/g, '') === b.replaceAll(/made-\d+/g, '');

const undisturbedRun = async (open: () => Promise<Scene>) => {
  await using scene = await open();
  const { calls, around } = recording();
  await scene.run('p1', await scene.plan('p1'), { around });
  return { calls, world: worldOf(scene) };
};

/** By when every request of a dead worker has landed. */
const settled = 60_000;

/**
 * Before, after, in the middle where there is one, and while the request is under way. To die after a look at the world is
 * the same for the world as to die before it.
 */
export const momentsOf = (call: Call): readonly Moment[] => {
  if (call.port === 'log') {
    if (call.what === 'load') return ['before'];
    const parts = call.events.slice(1).map((_, index) => ({ written: index + 1 }));
    return ['before', 'after', ...parts];
  }
  const writes = call.what === 'send' && call.request.method !== 'GET';
  return writes ? ['before', 'after', { lands: settled / 2 }] : ['before'];
};

const differencesOf = async (scene: Scene, world: readonly string[], steps: number): Promise<readonly string[]> => {
  const events = await scene.events();
  const now = worldOf(scene);
  const { migrated, open } = await scene.state();
  const outcomes = count(events, 'StepSucceeded') + count(events, 'StepUnneeded');
  return [
    ...failures(events).map((code) => `failed with ${code}`),
    ...now.filter((row) => !world.includes(row)).map((row) => `there is ${row}`),
    ...world.filter((row) => !now.includes(row)).map((row) => `there is no ${row}`),
    ...(now.length === world.length ? [] : [`${now.length} rows instead of ${world.length}`]),
    ...(creates(scene) === 1 ? [] : [`${creates(scene)} create requests`]),
    ...(isOneOfOurs(events) ? [] : [`twins: ${identified(events).join()}`]),
    ...(outcomes === steps ? [] : [`${outcomes} outcomes of ${steps} steps`]),
    ...(migrated ? [] : ['it does not count as migrated']),
    ...(open.length === 0 ? [] : [`${open.length} steps are open`]),
    ...(count(events, 'ResourceMigrated') === 1 ? [] : ['it was migrated more than once']),
  ];
};

const isOneOfOurs = (events: readonly MigrationEvent[]): boolean =>
  identified(events).length === 1 && identified(events).every((how) => how === 'created' || how === 'adopted');
