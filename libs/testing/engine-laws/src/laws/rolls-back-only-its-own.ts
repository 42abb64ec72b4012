import type { MigrationEvent } from '@osm/contracts';
import { equalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { lookupOf, openScene, type Scene } from '../scene.ts';
import { count, externalId, failures, rivalOf } from '../witness.ts';
import type { Law } from './law.ts';
import { itSweeps, sweepCrashes } from './sweep-crashes.ts';

/** A twin goes again only where the plan has made it, as it was verified, and while its original is there; and once. */
export const rollsBackOnlyItsOwn: Law = (handler, fixture, given) => {
  const sample = thawed(fixture.full);
  const open = (): Promise<Scene> => openScene(handler, fixture, given, { sample });
  const migrated = async (): Promise<Scene> => {
    const scene = await open();
    await scene.run('p1', await scene.plan('p1'));
    return scene;
  };
  const twinOf = async (scene: Scene): Promise<string> => String((await scene.state()).destinationId);
  const isRolledBack = async ({ destination, events }: Scene): Promise<boolean> => {
    const gone = (await events()).findLast((event) => event.type === 'TwinRolledBack');
    if (gone?.type !== 'TwinRolledBack') return false;
    return destination.rows().every((row) => handler.id(row) !== gone.data.destinationId);
  };

  describe('rolls back', () => {
    itSweeps('the twin, whatever call its worker dies at', handler.type, 'roll back', () =>
      sweepCrashes({
        open: migrated,
        run: async (scene, around) => {
          const steps = await scene.rollBack('p2', 'p1');
          await scene.run('p2', steps, { around });
          return steps;
        },
        judge: async (undisturbed) => {
          expect(failures(await undisturbed.events())).toEqual([]);
          expect(await isRolledBack(undisturbed)).toBe(true);
          const source = undisturbed.source.snapshot();
          return async (scene) => {
            const events = await scene.events();
            return [
              ...failures(events),
              ...((await isRolledBack(scene)) ? [] : ['the twin is there']),
              ...(equalJson(scene.source.snapshot(), source) ? [] : ['the source was touched']),
              ...(count(events, 'TwinRolledBack') === 1 ? [] : ['not recorded once']),
            ];
          };
        },
      }),
    );

    it('so that the resource gets another twin', async () => {
      await using scene = await migrated();
      await scene.run('p2', await scene.rollBack('p2', 'p1'));
      await scene.run('p3', await scene.plan('p3'));
      expect(failures(await scene.events())).toEqual([]);
      expect(await scene.state()).toMatchObject({ migrated: true, broughtBy: 'p3' });
    });

    it('what is gone already', async () => {
      await using scene = await migrated();
      scene.destination.lose(await twinOf(scene));
      await scene.run('p2', await scene.rollBack('p2', 'p1'));
      const events = await scene.events();
      expect(failures(events)).toEqual([]);
      expect(count(events, 'TwinRolledBack')).toBe(1);
    });

    it('nothing whose original is not there: the twin is the only copy', async () => {
      await using scene = await migrated();
      scene.source.lose(scene.ref.id);
      await leaves(scene, 'StepFailed', 'source-gone');
      await using removed = await migrated();
      await removed.record({ type: 'SourceRemoved', data: { planId: 'p7' } });
      await leaves(removed, 'StepFailed', 'source-gone');
    });

    it('nothing that is not any more what was verified', async () => {
      await using scene = await migrated();
      const verified = (await scene.events()).findLast((event) => event.type === 'TwinVerified');
      const equal = verified?.type === 'TwinVerified' ? verified.data.equal : [];
      const telling = ['storage_policy', 'name', 'description', 'fingerprint'];
      const attribute = telling.find((name) => equal.includes(name));
      if (attribute === undefined) return;
      scene.destination.show({ [attribute]: 'what somebody else wrote' });
      await leaves(scene, 'StepFailed', 'twin-changed');
    });

    it('nothing of another plan, and nothing whose record was set aside', async () => {
      await using other = await migrated();
      await leaves(other, 'StepUnneeded', 'not-of-plan', 'p7');
      await using never = await open();
      await leaves(never, 'StepUnneeded', 'not-of-plan');
    });

    it('nothing that others made', async () => {
      const registered: MigrationEvent = {
        type: 'ExternalTwinRegistered',
        data: { destinationId: 'rival', by: 'ann', reason: 'by hand' },
      };
      await using external = await open();
      await external.record(registered);
      external.destination.keep(handler.api.path, { ...rivalOf(external), id: externalId(external) });
      await leaves(external, 'StepUnneeded', 'not-of-plan');
      if (lookupOf({ handler, fixture }).kind !== 'unique') return;
      await using reused = await open();
      reused.destination.keep(handler.api.path, rivalOf(reused));
      await reused.run('p1', await reused.plan('p1'));
      expect(await reused.state()).toMatchObject({ how: 'reused', broughtBy: 'p1' });
      const before = reused.destination.snapshot();
      await reused.run('p2', await reused.rollBack('p2', 'p1'));
      // Only let go of, and found again.
      expect(reused.destination.snapshot()).toEqual(before);
      expect(await reused.state()).toMatchObject({ destinationId: undefined, migrated: false });
      await reused.run('p3', await reused.plan('p3'));
      expect(await reused.state()).toMatchObject({ how: 'reused', migrated: true });
    });
  });

  const leaves = async (
    scene: Scene,
    outcome: 'StepFailed' | 'StepUnneeded',
    why: string,
    of = 'p1',
  ): Promise<void> => {
    const before = scene.destination.snapshot();
    await scene.run('p9', await scene.rollBack('p9', of));
    const events = await scene.events();
    expect(events.at(-1)?.type).toBe(outcome);
    expect(JSON.stringify(events.at(-1))).toContain(`"${why}"`);
    expect(count(events, 'TwinRolledBack')).toBe(0);
    expect(scene.destination.snapshot()).toEqual(before);
  };
};

/** Keystone lets nobody delete what is immutable: its owner says so first. */
const thawed = (full: JsonObject): JsonObject =>
  isJsonObject(full['options']) && full['options']['immutable'] === true ? { ...full, options: {} } : full;
