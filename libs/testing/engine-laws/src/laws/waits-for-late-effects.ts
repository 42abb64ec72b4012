import { Failure } from '@osm/kernel';
import { isCreateRequest } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import type { Around, Call } from '../around.ts';
import { recording, type Later } from '../disturbances.ts';
import { openScene } from '../scene.ts';
import { worldOf } from '../witness.ts';
import { sweep, type Law } from './law.ts';

/** Milliseconds after which a request has landed, or never will: what the engine is told in these scenes. */
const settled = 60_000;

/** So many deliveries are the last: what goes wrong now is not tried again. */
const patience = 50;

/** A step whose request was lost fails; what it asked for may come later, and must not be there twice then. */
export const waitsForLateEffects: Law = (handler, fixture, given) => {
  const open = () => openScene(handler, fixture, given);
  const asks = (call: Call): boolean =>
    call.port === 'cloud' &&
    call.what === 'send' &&
    call.request.method === 'POST' &&
    call.request.repeatable !== true &&
    !isCreateRequest(handler.api, call.request);

  describe('waits for late effects', () => {
    it('of a try that failed, before the next plan begins it again', sweep, async () => {
      await using undisturbed = await open();
      const { calls, around } = recording();
      await undisturbed.run('p1', await undisturbed.plan('p1'), { around });
      for (const nth of calls.flatMap((call, index) => (asks(call) ? [index + 1] : []))) {
        await using scene = await open();
        await scene.run('p1', await scene.plan('p1'), { around: losingAt(nth, scene.later), deliveries: patience });
        await scene.run('p2', await scene.plan('p2'));
        await scene.clock.sleep(settled);
        expect(worldOf(scene), `lost: call ${nth}`).toEqual(worldOf(undisturbed));
      }
    });
  });
};

/** The n-th call is heard of no more, and has its effect when half of the time has passed. */
const losingAt = (nth: number, later: Later): Around => {
  let calls = 0;
  return (_call, go) => {
    calls += 1;
    if (calls !== nth) return go();
    later(settled / 2, go);
    return Promise.reject(
      new Failure('answer-lost', 'the answer was lost', { disposition: 'unknown', remedy: 'Look it up.' }),
    );
  };
};
