import type { MigrationEvent, PlanStep } from '@osm/contracts';
import { isJsonObject } from '@osm/kernel';
import type { Request } from '@osm/resource';
import type { Around } from '../around.ts';
import { losingAnswer, recording } from '../disturbances.ts';
import { openScene, type Scene } from '../scene.ts';
import { count, creates, failures, identified, worldOf } from '../witness.ts';
import type { Law } from './law.ts';
import { itSweeps, sweepCrashes, type CrashSweep } from './sweep-crashes.ts';

/**
 * Whatever call a worker dies at, the next one finishes its work: in the end both clouds are as if nothing had happened,
 * with one twin, no temporary resource and one outcome for each step.
 */
export const survivesEveryCrash: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);

  itSweeps('makes one twin, whatever call its worker dies at', handler.type, 'migrate', () =>
    sweepCrashes({ open, run: (scene, around) => migrate(scene, around), judge: likeUndisturbed }),
  );

  itSweeps('makes one twin, whatever answer is lost', handler.type, 'lost answers', async () => {
    await using undisturbed = await open();
    const { calls, around } = recording();
    const steps = await migrate(undisturbed, around);
    const wrongOf = await likeUndisturbed(undisturbed, steps);
    const writes = calls.flatMap((call) =>
      call.port === 'cloud' && call.what === 'send' && call.request.method !== 'GET' ? [call.request] : [],
    );
    const wrong: string[] = [];
    let met = 0;
    let passed = 0;
    for (const request of writes) {
      await using scene = await open();
      const lost: Request[] = [];
      await migrate(
        scene,
        losingAnswer((other) => sameRequest(request, other) && lost.push(other) > 0),
      );
      const found = await wrongOf(scene);
      if (lost.length > 0) met += 1;
      if (found.length === 0) passed += 1;
      wrong.push(...found.map((what) => `lost the answer of ${request.method} ${request.path}: ${what}`));
    }
    return { steps: steps.length, awaits: calls.length, cases: writes.length, met, passed, wrong };
  });
};

const migrate = async (scene: Scene, around: Around): Promise<readonly PlanStep[]> => {
  const steps = await scene.plan('p1');
  await scene.run('p1', steps, { around });
  return steps;
};

/** A request to the same place with the same attributes; what ids the cloud has made differs from run to run. */
const sameRequest = (a: Request, b: Request): boolean =>
  a.method === b.method &&
  a.path.replaceAll(/made-\d+/g, '') === b.path.replaceAll(/made-\d+/g, '') &&
  keysOf(a) === keysOf(b);

const keysOf = ({ body }: Request): string => (isJsonObject(body) ? JSON.stringify(Object.keys(body)) : '');

const likeUndisturbed: CrashSweep['judge'] = async (undisturbed, steps) => {
  const world = worldOf(undisturbed);
  const wrong = await differencesOf(undisturbed, world, steps.length);
  if (wrong.length > 0) throw new Error(`not even where nobody dies: ${wrong.join('; ')}`);
  return (scene) => differencesOf(scene, world, steps.length);
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
