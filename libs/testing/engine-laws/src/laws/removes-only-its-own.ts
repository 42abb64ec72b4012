import type { MigrationEvent } from '@osm/contracts';
import { equalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { lookupOf, openScene, type Scene } from '../scene.ts';
import { count, externalId, failures, rivalOf, worldOf } from '../witness.ts';
import type { Law } from './law.ts';
import { itSweeps, sweepCrashes } from './sweep-crashes.ts';

/** An original goes only when a twin of our making is there to be seen, and once. */
export const removesOnlyItsOwn: Law = (handler, fixture, given) => {
  const sample = thawed(fixture.full);
  const open = (): Promise<Scene> => openScene(handler, fixture, given, { sample });
  const migrated = async (): Promise<Scene> => {
    const scene = await open();
    await scene.run('p1', await scene.plan('p1'));
    return scene;
  };
  const isThere = ({ source, ref }: Scene): boolean => source.rows().some((row) => handler.id(row) === ref.id);
  const known = async (...events: readonly MigrationEvent[]): Promise<Scene> => {
    const scene = await open();
    await scene.record(...events);
    return scene;
  };

  describe('removes', () => {
    itSweeps('the original, whatever call its worker dies at', handler.type, 'remove', () =>
      sweepCrashes({
        open: migrated,
        run: async (scene, around) => {
          const steps = await scene.plan('p2', 'remove');
          await scene.run('p2', steps, { around });
          return steps;
        },
        judge: async (undisturbed) => {
          expect(failures(await undisturbed.events())).toEqual([]);
          expect(isThere(undisturbed)).toBe(false);
          const world = worldOf(undisturbed);
          return async (scene) => {
            const events = await scene.events();
            return [
              ...failures(events),
              ...(isThere(scene) ? ['the original is there'] : []),
              ...(equalJson(worldOf(scene), world) ? [] : ['others were touched']),
              ...(count(events, 'SourceRemoved') === 1 ? [] : ['not recorded once']),
            ];
          };
        },
      }),
    );

    it('what is gone already', async () => {
      await using scene = await migrated();
      scene.source.lose(scene.ref.id);
      await scene.run('p2', await scene.plan('p2', 'remove'));
      await scene.run('p3', await scene.plan('p3', 'remove'));
      const events = await scene.events();
      expect(failures(events)).toEqual([]);
      expect(count(events, 'SourceRemoved')).toBe(1);
    });

    it('nothing whose twin is not there', async () => {
      await using scene = await migrated();
      scene.destination.lose(String((await scene.state()).destinationId));
      await leaves(scene, 'StepFailed', 'not-found');
    });

    it('nothing whose twin is not any more what was verified', async () => {
      await using scene = await migrated();
      const verified = (await scene.events()).findLast((event) => event.type === 'TwinVerified');
      const equal = verified?.type === 'TwinVerified' ? verified.data.equal : [];
      // Its own flags tell Cinder whether it is ready, and names under which rows are kept must stay.
      const telling = ['storage_policy', 'name', 'description', 'fingerprint'];
      const attribute = telling.find((name) => equal.includes(name));
      if (attribute === undefined) return;
      scene.destination.show({ [attribute]: 'what somebody else wrote' });
      await leaves(scene, 'StepFailed', 'twin-changed');
    });

    it('nothing that was never migrated, and nothing whose record was set aside', async () => {
      await using never = await open();
      await leaves(never, 'StepUnneeded', 'not-ours');
      await using scene = await migrated();
      const forgotten = { by: 'ann', reason: 'wrong', hard: false };
      await scene.record({ type: 'MigrationForgotten', data: forgotten });
      await leaves(scene, 'StepUnneeded', 'not-ours');
    });

    it('nothing whose twin others made', async () => {
      await using external = await known({
        type: 'ExternalTwinRegistered',
        data: { destinationId: 'rival', by: 'ann', reason: 'by hand' },
      });
      external.destination.keep(handler.api.path, { ...rivalOf(external), id: externalId(external) });
      await leaves(external, 'StepUnneeded', 'not-ours');
      if (lookupOf({ handler, fixture }).kind !== 'unique') return;
      await using reused = await open();
      reused.destination.keep(handler.api.path, rivalOf(reused));
      await reused.run('p1', await reused.plan('p1'));
      expect(await reused.state()).toMatchObject({ how: 'reused', migrated: true });
      await leaves(reused, 'StepUnneeded', 'not-ours');
    });

    it('nothing on the word of an imported record, where the twin may be one that others made', async () => {
      if (handler.adopts !== 'unique') return;
      await using scene = await known({
        type: 'MappingImported',
        data: {
          destinationId: 'rival',
          status: 'completed',
          external: false,
          sourceRemoved: false,
          error: null,
          createdAt: '2024-01-01',
          from: 'sqlite.db',
        },
      });
      scene.destination.keep(handler.api.path, rivalOf(scene));
      await leaves(scene, 'StepUnneeded', 'not-ours');
    });
  });

  const leaves = async (scene: Scene, outcome: 'StepFailed' | 'StepUnneeded', why: string): Promise<void> => {
    const before = scene.source.snapshot();
    await scene.run('p9', await scene.plan('p9', 'remove'));
    const events = await scene.events();
    expect(events.at(-1)?.type).toBe(outcome);
    expect(JSON.stringify(events.at(-1))).toContain(`"${why}"`);
    expect(count(events, 'SourceRemoved')).toBe(0);
    expect(scene.source.snapshot()).toEqual(before);
  };
};

/** Keystone lets nobody delete what is immutable: its owner says so first. */
const thawed = (full: JsonObject): JsonObject =>
  isJsonObject(full['options']) && full['options']['immutable'] === true ? { ...full, options: {} } : full;
