import type { JsonObject } from '@osm/kernel';
import { changedAttributes } from '@osm/resource';
import { policyOf } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { count, creates, failures } from '../witness.ts';
import type { Law } from './law.ts';

/** A twin is made of an original that is there and as it was planned, and only such an original is removed. */
export const heedsItsOriginal: Law = (handler, fixture, given) => {
  const { full } = fixture;
  const { rest } = handler.api;
  // What a container shows is in its headers: it has its name from where it is.
  const counts = (changed: JsonObject): boolean => changedAttributes(handler, policyOf(), full, changed).length > 0;
  const change = rest === undefined ? changeOf(full, counts) : undefined;

  describe('heeds its original', () => {
    it('and makes nothing of one that is gone', async () => {
      await using scene = await openScene(handler, fixture, given);
      const steps = (await scene.plan('p1')).filter(({ step }) => step === 'create');
      scene.source.lose(scene.ref.id);
      await scene.run('p1', steps);
      expect(failures(await scene.events())).toEqual(['source-gone']);
      expect(creates(scene)).toBe(0);
    });

    if (change === undefined) return;

    it('and makes nothing of one that was changed since', async () => {
      await using scene = await openScene(handler, fixture, given);
      const steps = (await scene.plan('p1')).filter(({ step }) => step === 'create');
      scene.source.show(change);
      await scene.run('p1', steps);
      expect(failures(await scene.events())).toEqual(['source-changed']);
      expect(creates(scene)).toBe(0);
    });

    // One that is sealed before it is emptied is looked at when it is emptied.
    it.skipIf(handler.empty !== undefined)(
      'and removes none that was changed since, however often it is told to',
      async () => {
        await using scene = await openScene(handler, fixture, given);
        await scene.run('p1', await scene.plan('p1'));
        scene.source.show(change);
        for (const planId of ['p2', 'p3']) {
          await scene.run(planId, await scene.plan(planId, 'remove'));
        }
        const events = await scene.events();
        expect(failures(events)).toEqual(['twin-changed', 'twin-changed']);
        expect(count(events, 'SourceRemoved')).toBe(0);
        expect(scene.source.rows().some((row) => handler.id(row) === scene.ref.id)).toBe(true);
      },
    );
  });
};

/** A change of one text of these attributes that counts as one. */
const changeOf = (full: JsonObject, counts: (changed: JsonObject) => boolean): JsonObject | undefined =>
  ['name', 'description', 'fingerprint', 'disk_format', 'protocol']
    .filter((name) => typeof full[name] === 'string')
    .map((name) => ({ [name]: `${String(full[name])}-changed` }))
    .find((change) => counts({ ...full, ...change }));
