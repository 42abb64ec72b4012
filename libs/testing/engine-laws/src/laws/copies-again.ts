import { equalJson, type JsonObject } from '@osm/kernel';
import { expect, it } from 'vitest';
import { killAt, recording } from '../disturbances.ts';
import { openScene, type Scene } from '../scene.ts';
import { count, failures, told, worldOf } from '../witness.ts';
import { sweep, type Law } from './law.ts';
import { momentsOf } from './survives-every-crash.ts';

/**
 * Data that arrive changed are found out: the twin is given up, and another one is made and copied to, once. What arrives
 * changed every time leaves nothing behind, and both hashes are told. For types whose twins' data are uploaded.
 */
export const copiesAgain: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);
  const run = async (scene: Scene, garbled: number, around = recording().around): Promise<void> => {
    scene.destination.garble(garbled);
    await scene.run('p1', await scene.plan('p1'), { around });
    await scene.clock.sleep(60_000);
  };

  it('copies once more when its data arrive changed, whatever call its worker dies at', sweep, async () => {
    await using undisturbed = await open();
    const { calls, around } = recording();
    const before = undisturbed.destination.rows();
    await run(undisturbed, 1, around);
    const world = worldOf(undisturbed);
    expect(failures(await undisturbed.events())).toEqual([]);
    expect(count(await undisturbed.events(), 'TwinDiscarded')).toBe(1);
    expect(made(before, undisturbed)).toEqual([hashOf(undisturbed.source.rows()[0])]);

    const wrong: string[] = [];
    for (const [index, call] of calls.entries()) {
      for (const moment of momentsOf(call)) {
        await using scene = await open();
        await run(scene, 1, killAt(index + 1, moment, scene.later));
        const events = await scene.events();
        const { migrated, open: left } = await scene.state();
        const same = equalJson(worldOf(scene), world) && migrated && left.length === 0;
        const once = failures(events).length === 0 && count(events, 'TwinDiscarded') === 1;
        if (!same || !once) wrong.push(`killed ${JSON.stringify(moment)} ${index + 1}: ${told(call)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it(
    'stops with both hashes when they arrive changed again, and leaves no twin, whatever call its worker dies at',
    sweep,
    async () => {
      await using undisturbed = await open();
      const { calls, around } = recording();
      const begin = worldOf(undisturbed);
      await run(undisturbed, Infinity, around);
      expect(failures(await undisturbed.events())).toEqual(['data-differ']);
      expect(count(await undisturbed.events(), 'TwinDiscarded')).toBe(2);

      const wrong: string[] = [];
      for (const [index, call] of calls.entries()) {
        for (const moment of momentsOf(call)) {
          await using scene = await open();
          await run(scene, Infinity, killAt(index + 1, moment, scene.later));
          const events = await scene.events();
          const hash = hashOf(scene.source.rows()[0]);
          const tells = events.some(
            (event) => event.type === 'StepFailed' && event.data.failure.message.includes(hash),
          );
          const ended = failures(events).length === 1 && count(events, 'TwinDiscarded') === 2;
          if (!equalJson(worldOf(scene), begin) || !tells || !ended) {
            wrong.push(`killed ${JSON.stringify(moment)} ${index + 1}: ${told(call)}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );
};

/** The hashes of what the destination has beside what was there before. */
const made = (before: readonly JsonObject[], { destination }: Scene): readonly string[] =>
  destination
    .rows()
    .filter((row) => !before.some((other) => equalJson(row, other)))
    .map(hashOf);

const hashOf = (image: JsonObject | undefined): string => String(image?.['os_hash_value']);
