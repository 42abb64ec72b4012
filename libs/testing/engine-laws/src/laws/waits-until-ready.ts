import { isCreateRequest, locationOf, type Request } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { failing, forbidden, killAt, recording } from '../disturbances.ts';
import { openScene, type Scene } from '../scene.ts';
import { count, creates, failures, identified, told, worldOf } from '../witness.ts';
import { sweep, type Law } from './law.ts';

/** A 2xx is not the end: a twin counts once the cloud has finished it, and a bad one is taken back. */
export const waitsUntilReady: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);
  const states = (fixture.ready ?? []).map(({ body: { id: _id, ...shown }, expected }) => ({ shown, expected }));
  const pending = states.find(({ expected }) => expected === 'pending')?.shown;
  const failed = states.find(({ expected }) => typeof expected === 'object')?.shown;

  const isMade = (request: Request): boolean => isCreateRequest(handler.api, request);

  describe('waits until its twin is ready', () => {
    if (pending !== undefined) {
      it('as long as it takes', async () => {
        await using scene = await open();
        const steps = await scene.plan('p1');
        scene.destination.show(pending, pending, pending, {});
        const begin = scene.clock.now().getTime();
        await scene.run('p1', steps);
        expect(failures(await scene.events())).toEqual([]);
        expect(scene.clock.now().getTime()).toBeGreaterThan(begin);
        expect(creates(scene)).toBe(1);
      });

      it('defect 34: but not for ever: the next plan takes the same twin up again', async () => {
        await using scene = await open();
        scene.destination.show(pending);
        await scene.run('p1', await scene.plan('p1'));
        expect(failures(await scene.events())).toEqual(['not-ready']);
        scene.destination.show();
        await scene.run('p2', await scene.plan('p2'));
        const events = await scene.events();
        expect(failures(events)).toEqual(['not-ready']);
        expect(identified(events)).toEqual(['created']);
        expect(creates(scene)).toBe(1);
        expect(await scene.state()).toMatchObject({ migrated: true });
      });
    }

    if (failed !== undefined) {
      it('defect 15: and takes a bad one back: the next plan makes another', async () => {
        await using scene = await open();
        const before = scene.destination.rows();
        scene.destination.show(...(pending === undefined ? [] : [pending]), failed);
        await scene.run('p1', await scene.plan('p1'));
        expect(failures(await scene.events())).toEqual(['twin-failed']);
        expect(scene.destination.rows()).toEqual(before);
        scene.destination.show();
        await scene.run('p2', await scene.plan('p2'));
        const events = await scene.events();
        expect(failures(events)).toEqual(['twin-failed']);
        expect(count(events, 'TwinDiscarded')).toBe(1);
        expect(identified(events)).toEqual(['created', 'created']);
        expect(scene.destination.rows()).toHaveLength(before.length + 1);
      });

      it('also when its worker dies while it takes it back', sweep, async () => {
        const bad = async (around = recording().around): Promise<readonly string[]> => {
          await using scene = await open();
          scene.destination.show(failed);
          await scene.run('p1', await scene.plan('p1'), { around });
          scene.destination.show();
          await scene.run('p2', await scene.plan('p2'));
          return [...worldOf(scene), `${count(await scene.events(), 'TwinDiscarded')} discarded`];
        };
        const { calls, around } = recording();
        const undisturbed = await bad(around);
        const begin = calls.findIndex((call) => call.port === 'cloud' && call.what === 'send' && isMade(call.request));
        for (const [index, call] of calls.entries()) {
          if (index < begin) continue;
          expect(await bad(killAt(index + 1, 'after')), `killed after ${told(call)}`).toEqual(undisturbed);
        }
      });
    }

    it('and makes another one for a twin that somebody has deleted', async () => {
      await using scene = await open();
      const before = new Set(scene.destination.rows());
      const made = (): string[] =>
        scene.destination.rows().flatMap((row) => (before.has(row) ? [] : [handler.id(row)]));
      const unreadable = failing(({ method, path }, cloud) => {
        const own = made().some((id) => locationOf(handler.api, id).path === path);
        return method === 'GET' && cloud === 'destination' && own;
      }, forbidden());
      const steps = await scene.plan('p1');
      await scene.run('p1', steps, { around: unreadable });
      expect(distinct(failures(await scene.events()))).toEqual(['forbidden']);
      for (const id of made()) scene.destination.lose(id);
      await scene.run('p1', steps, { attempt: 2 });
      expect(distinct(failures(await scene.events()))).toEqual(['forbidden', 'not-found']);
      await scene.run('p2', await scene.plan('p2'));
      const events = await scene.events();
      expect(distinct(failures(events))).toEqual(['forbidden', 'not-found']);
      expect(count(events, 'TwinDiscarded')).toBe(1);
      expect(made()).toHaveLength(1);
      expect(await scene.state()).toMatchObject({ migrated: true });
    });
  });
};

/** Steps that run always may meet the same. */
const distinct = (codes: readonly string[]): readonly string[] => [...new Set(codes)];
