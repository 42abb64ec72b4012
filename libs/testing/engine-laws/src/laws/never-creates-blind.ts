import { describe, expect, it } from 'vitest';
import { Failure } from '@osm/kernel';
import type { Around } from '../around.ts';
import { failing, forbidden, killAt, losingAnswer, recording, unlistable, unreachable } from '../disturbances.ts';
import { lookupOf, openScene, type Scene } from '../scene.ts';
import { creates, failures, identified, isCreate, markedOf, rivalOf } from '../witness.ts';
import type { Law } from './law.ts';
import { itSweeps, sweepCrashes } from './sweep-crashes.ts';

/** Found, absent and "cannot tell" are three answers: only after the second one a twin is made. */
export const neverCreatesBlind: Law = (handler, fixture, given) => {
  const open = (): Promise<Scene> => openScene(handler, fixture, given);
  const { kind, ...lookup } = lookupOf({ handler, fixture });
  const marker = 'marker' in lookup ? lookup.marker : undefined;

  describe('never creates blind', () => {
    it('when the answer to its create request was lost', async () => {
      await using scene = await open();
      const begin = scene.clock.now().getTime();
      await scene.run('p1', await scene.plan('p1'), { around: losingAnswer(isCreate(scene)) });
      expect(creates(scene)).toBe(1);
      expect(identified(await scene.events())).toEqual(['adopted']);
      // It looked again only when the request must have landed.
      expect(scene.clock.now().getTime() - begin).toBeGreaterThanOrEqual(60_000);
    });

    it('when it cannot look for its twin', async () => {
      await using scene = await open();
      const steps = await scene.plan('p1');
      // Types without a natural key look only after an earlier attempt, so there was one.
      await scene.run('p1', steps, { around: failing(isCreate(scene), unavailable()) });
      expect(failures(await scene.events())).toEqual(['unavailable']);
      const reads = failing(
        ({ method, path }) => method === 'GET' && path.startsWith(handler.api.path),
        unreachable('destination'),
      );
      const blind: Around = kind === 'assigned' ? reads : unlistableOwn(scene);
      await scene.run('p1', steps, { attempt: 2, around: blind });
      expect(creates(scene)).toBe(0);
      expect(failures(await scene.events())).toEqual(['unavailable', 'unreachable']);
    });

    it('when the cloud refuses and shows no reason', async () => {
      await using scene = await open();
      const conflict = new Failure('conflict', 'there is one', { remedy: 'Look at it.' });
      await scene.run('p1', await scene.plan('p1'), { around: failing(isCreate(scene), conflict) });
      const events = await scene.events();
      expect(creates(scene)).toBe(0);
      expect(failures(events)).toEqual(['conflict']);
      expect(identified(events)).toEqual([]);
    });

    if (marker !== undefined) {
      it('when two carry its marker', async () => {
        await using scene = await open();
        const steps = await scene.plan('p1');
        await scene.run('p1', steps, { around: failing(isCreate(scene), unavailable()) });
        for (const id of ['one', 'two']) scene.destination.keep(handler.api.path, markedOf(scene, marker, id));
        await scene.run('p1', steps, { attempt: 2 });
        expect(creates(scene)).toBe(0);
        expect(failures(await scene.events())).toEqual(['unavailable', 'ambiguous-twin']);
      });
    }

    if (kind === 'assigned') {
      it('when the original’s own id is wished for and taken: whose it is cannot be told', async () => {
        await using scene = await open();
        const wish = { preserve_ids: true };
        scene.destination.keep(handler.api.path, { ...rivalOf(scene), id: scene.ref.id });
        const [first] = await scene.plan('p1', 'migrate', wish);
        if (first === undefined) throw new TypeError(`${handler.type} has no steps`);
        const { calls, around } = recording();
        await scene.work(first, 'p1', { around });
        expect(identified(await scene.events())).toEqual(['reused']);
        for (const index of calls.keys()) {
          await using other = await open();
          other.destination.keep(handler.api.path, { ...rivalOf(other), id: other.ref.id });
          await other.run('p1', (await other.plan('p1', 'migrate', wish)).slice(0, 1), {
            around: killAt(index + 1, 'before'),
          });
          expect(identified(await other.events())).toEqual(['reused']);
          expect(creates(other)).toBe(0);
        }
      });
    }

    if (kind !== 'unique') return;

    if (handler.api.locate === undefined) {
      it('when two have its natural key', async () => {
        await using scene = await open();
        const rows = ['one', 'two'].map((id) => ({ ...rivalOf(scene), id }));
        for (const row of rows) scene.destination.keep(handler.api.path, row);
        await scene.run('p1', await scene.plan('p1'));
        expect(creates(scene)).toBe(0);
        expect(failures(await scene.events())).toEqual(['ambiguous-twin']);
        for (const row of rows) expect(scene.destination.rows()).toContain(row);
      });
    }

    it('when others made an equal one: it is reused', async () => {
      await using scene = await open();
      scene.destination.keep(handler.api.path, rivalOf(scene));
      const steps = await scene.plan('p1');
      await scene.run('p1', steps);
      const events = await scene.events();
      expect(creates(scene)).toBe(0);
      expect(failures(events)).toEqual([]);
      expect(identified(events)).toEqual(['reused']);
    });

    it('when others make an equal one at the same moment: it is reused', async () => {
      await using scene = await open();
      const around: Around = (call, go) => {
        if (call.port === 'cloud' && call.what === 'send' && isCreate(scene)(call.request, call.cloud)) {
          scene.destination.keep(handler.api.path, rivalOf(scene));
        }
        return go();
      };
      await scene.run('p1', await scene.plan('p1'), { around });
      const events = await scene.events();
      expect(creates(scene)).toBe(0);
      expect(failures(events)).toEqual([]);
      expect(identified(events)).toEqual(['reused']);
    });

    itSweeps(
      'and never takes what others made for its own, whatever call its worker dies at',
      handler.type,
      'reuse',
      () =>
        sweepCrashes({
          open: async () => {
            const scene = await open();
            scene.destination.keep(handler.api.path, rivalOf(scene));
            return scene;
          },
          run: async (scene, around) => {
            const steps = await scene.plan('p1');
            await scene.run('p1', steps, { around });
            return steps;
          },
          judge: async () => async (scene) => {
            const how = identified(await scene.events()).join();
            return how === 'reused' && creates(scene) === 0 ? [] : [`${how}, ${creates(scene)} create requests`];
          },
        }),
    );

    it.each((fixture.candidates ?? []).filter(({ says }) => says !== null))(
      'nor takes one that differs, however often it is asked: $says',
      async ({ candidate, says }) => {
        await using scene = await open();
        const theirs = rivalOf(scene, candidate);
        scene.destination.keep(handler.api.path, theirs);
        const steps = await scene.plan('p1');
        await scene.run('p1', steps);
        await scene.run('p1', steps, { attempt: 2 });
        const events = await scene.events();
        expect(failures(events)).toEqual(['twin-differs', 'twin-differs']);
        expect(JSON.stringify(events)).toContain(JSON.stringify(says).slice(1, -1));
        expect(identified(events)).toEqual([]);
        expect(scene.destination.rows()).toContain(theirs);
      },
    );

    it('and tells when it is not allowed to', async () => {
      await using scene = await open();
      await scene.run('p1', await scene.plan('p1'), { around: failing(isCreate(scene), forbidden()) });
      expect(creates(scene)).toBe(0);
      expect(failures(await scene.events())).toEqual(['forbidden']);
    });
  });
};

/** A passing trouble in which nothing can have happened. */
const unavailable = (): Failure =>
  new Failure('unavailable', 'the service is not there', { disposition: 'retry', remedy: 'Wait.' });

/** The type's own list cannot be had; those of its steps can. */
const unlistableOwn = ({ handler: { api } }: Scene): Around => {
  const none = unlistable('destination');
  return (call, go) =>
    call.port === 'cloud' && call.what === 'list' && call.path === (api.listPath ?? api.path) ? none(call, go) : go();
};
