import { Failure } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import type { Around } from '../around.ts';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import type { EventLog } from '@osm/event-log';
import { openScene } from '../scene.ts';
import { creates, failures, identified, isCreate, malformed, markersLeft, typesOf, worldOf } from '../witness.ts';
import type { Law } from './law.ts';

/** A plan makes one twin, the next plan none; look-alikes are left alone. */
export const makesOneTwin: Law = (handler, fixture, given) => {
  describe('makes one twin', () => {
    it.each([
      ['a cloud that filters its lists', false],
      ['a cloud that ignores filters', true],
    ])('of %s', async (_name, ignoresFilters) => {
      await using scene = await openScene(handler, fixture, given, { log: await realLog() });
      if (ignoresFilters) scene.destination.ignoreFilters();
      const before = new Set(scene.destination.rows());
      await scene.run('p1', await scene.plan('p1'));

      const events = await scene.events();
      expect(failures(events)).toEqual([]);
      expect(creates(scene)).toBe(1);
      expect(identified(events)).toEqual(['created']);
      expect(await scene.state()).toMatchObject({ migrated: true, how: 'created', open: [] });
      expect(typesOf(events).filter((type) => type === 'TwinVerified')).toHaveLength(1);
      // All others are still there, and as they were.
      expect(scene.destination.rows().filter((row) => !before.has(row))).toHaveLength(1);
      expect(markersLeft(scene)).toEqual([]);
      expect(malformed(events)).toEqual([]);
    });

    it('and none when it is run again', async () => {
      await using scene = await openScene(handler, fixture, given);
      await scene.run('p1', await scene.plan('p1'));
      const after = worldOf(scene);
      const steps = await scene.plan('p2');
      await scene.run('p2', steps);

      expect(creates(scene)).toBe(1);
      expect(worldOf(scene)).toEqual(after);
      const events = await scene.events();
      expect(failures(events)).toEqual([]);
      expect(typesOf(events).filter((type) => type === 'StepUnneeded')).toHaveLength(1);
      expect((await scene.state()).settled).toHaveLength(2 * steps.length);
    });

    if (handler.secret.length > 0) {
      // However often a text within a text was quoted.
      const plain = (text: string): string => text.replaceAll('\\', '');
      const secrets = handler.secret.map((name) => plain(JSON.stringify(fixture.full[name]).slice(1, -1)));
      const told = (log: string): readonly string[] => secrets.filter((secret) => plain(log).includes(secret));

      it('defect 41: and tells nobody its secrets', async () => {
        await using scene = await openScene(handler, fixture, given);
        await scene.run('p1', await scene.plan('p1'));
        // They are at the destination, and nowhere else.
        expect(told(scene.destination.snapshot().join())).toEqual(secrets);
        expect(told(await scene.wholeLog())).toEqual([]);
      });

      it('also when the cloud quotes them in its refusal', async () => {
        await using scene = await openScene(handler, fixture, given);
        const quoting: Around = (call, go) => {
          if (call.port !== 'cloud' || call.what !== 'send' || !isCreate(scene)(call.request, call.cloud)) return go();
          return Promise.reject(refusalOf(JSON.stringify(call.request.body)));
        };
        await scene.run('p1', await scene.plan('p1'), { around: quoting });
        expect(failures(await scene.events())).toEqual(['bad-request']);
        expect(told(await scene.wholeLog())).toEqual([]);
      });
    }
  });
};

const refusalOf = (body: string): Failure =>
  new Failure('bad-request', `the cloud does not take ${body}`, {
    remedy: 'Look at it.',
    http: { service: 'network', method: 'POST', url: '/', status: 400, body },
  });

/** Once for each type on a log as it is in use, and not on one made for speed. */
const realLog = async (): Promise<EventLog> => (await openEmbeddedLog({ directory: ':memory:' })).log;
