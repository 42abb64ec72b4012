import { equalJson, type JsonObject } from '@osm/kernel';
import { expect } from 'vitest';
import { openScene, type Scene } from '../scene.ts';
import { count, failures, worldOf } from '../witness.ts';
import type { Law } from './law.ts';
import { itSweeps, sweepCrashes, type CrashSweep } from './sweep-crashes.ts';

/**
 * Data that arrive changed are found out: the twin is given up, and another one is made and copied to, once. What arrives
 * changed every time leaves nothing behind, and both hashes are told. For types whose twins' data are uploaded.
 */
export const copiesAgain: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);
  const garbled =
    (times: number): CrashSweep['run'] =>
    async (scene, around) => {
      scene.destination.garble(times);
      const steps = await scene.plan('p1');
      await scene.run('p1', steps, { around });
      return steps;
    };

  const again = 'copies once more when its data arrive changed, whatever call its worker dies at';
  itSweeps(again, handler.type, 'data garbled once', () =>
    sweepCrashes({
      open,
      run: garbled(1),
      judge: async (undisturbed) => {
        await using fresh = await open();
        const world = worldOf(undisturbed);
        expect(failures(await undisturbed.events())).toEqual([]);
        expect(count(await undisturbed.events(), 'TwinDiscarded')).toBe(1);
        expect(made(fresh.destination.rows(), undisturbed)).toEqual([hashOf(undisturbed.source.rows()[0])]);
        return async (scene) => {
          const events = await scene.events();
          const { migrated, open: left } = await scene.state();
          return [
            ...failures(events),
            ...(equalJson(worldOf(scene), world) ? [] : ['the world is another']),
            ...(migrated && left.length === 0 ? [] : ['it does not count as migrated']),
            ...(count(events, 'TwinDiscarded') === 1 ? [] : ['a twin was not given up once']),
          ];
        };
      },
    }),
  );

  const stops =
    'stops with both hashes when they arrive changed again, and leaves no twin, whatever call its worker dies at';
  itSweeps(stops, handler.type, 'data garbled always', () =>
    sweepCrashes({
      open,
      run: garbled(Infinity),
      judge: async (undisturbed) => {
        await using fresh = await open();
        const begin = worldOf(fresh);
        expect(failures(await undisturbed.events())).toEqual(['data-differ']);
        expect(count(await undisturbed.events(), 'TwinDiscarded')).toBe(2);
        return async (scene) => {
          const events = await scene.events();
          const hash = hashOf(scene.source.rows()[0]);
          const tells = events.some(
            (event) => event.type === 'StepFailed' && event.data.failure.message.includes(hash),
          );
          const ended = failures(events).length === 1 && count(events, 'TwinDiscarded') === 2;
          return [
            ...(equalJson(worldOf(scene), begin) ? [] : ['something is left']),
            ...(tells ? [] : ['no failure tells the hash']),
            ...(ended ? [] : ['it did not end after two twins']),
          ];
        };
      },
    }),
  );
};

/** The hashes of what the destination has beside what was there before. */
const made = (before: readonly JsonObject[], { destination }: Scene): readonly string[] =>
  destination
    .rows()
    .filter((row) => !before.some((other) => equalJson(row, other)))
    .map(hashOf);

const hashOf = (image: JsonObject | undefined): string => String(image?.['os_hash_value']);
