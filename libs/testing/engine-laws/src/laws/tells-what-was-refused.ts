import { Failure } from '@osm/kernel';
import { locationOf, type Request } from '@osm/resource';
import { policyOf } from '@osm/testing/resource-contract';
import { expect, it } from 'vitest';
import type { Around } from '../around.ts';
import { failing, forbidden } from '../disturbances.ts';
import { lookupOf, openScene } from '../scene.ts';
import { count, creates, failures, isCreate, worldOf } from '../witness.ts';
import type { Law } from './law.ts';

/** Whatever is refused once the twin is there: it hides nothing else, and the twin is not lost over it. */
export const tellsWhatWasRefused: Law = (handler, fixture, given) => {
  const open = () => openScene(handler, fixture, given);
  const lookup = lookupOf({ handler, fixture });
  // The marker is taken out first; as long as it is in, nothing else is begun.
  const undressing = 'marker' in lookup && lookup.marker !== undefined ? 1 : 0;

  it('sends every later write, also when one of them is refused, and again with the next plan', async () => {
    await using undisturbed = await open();
    const { requests: wanted, around } = laterWrites(isCreate(undisturbed));
    await undisturbed.run('p1', await undisturbed.plan('p1'), { around });

    for (const [index, { method, path }] of wanted.entries()) {
      await using scene = await open();
      const { requests, around } = laterWrites(isCreate(scene), index);
      await scene.run('p1', await scene.plan('p1'), { around });
      const events = await scene.events();
      expect(failures(events), `${method} ${path}`).toEqual(['forbidden']);
      expect(count(events, 'TwinDiscarded')).toBe(0);
      expect(requests).toHaveLength(index < undressing ? 1 : wanted.length);
      await scene.run('p2', await scene.plan('p2'));
      expect(failures(await scene.events())).toEqual(['forbidden']);
      expect(worldOf(scene)).toEqual(worldOf(undisturbed));
    }
  });

  const later = handler.steps(fixture.full, policyOf()).findIndex(({ name }) => name === 'create') + 1;
  if (
    handler
      .steps(fixture.full, policyOf())
      .slice(later)
      .every(({ always }) => always)
  )
    return;

  it('keeps the twin when it is something else that cannot be found', async () => {
    await using scene = await open();
    const steps = await scene.plan('p1');
    await scene.run('p1', steps.slice(0, later));
    const own = locationOf(handler.api, String((await scene.state()).destinationId)).path;
    const gone = new Failure('not-found', 'it is gone', { remedy: 'Look for it.' });
    const around = failing(({ method, path }) => method === 'GET' && path !== own, gone);
    await scene.run('p1', steps.slice(later), { around });
    const events = await scene.events();
    expect(distinct(failures(events))).toEqual(['not-found']);
    expect(count(events, 'TwinDiscarded')).toBe(0);
    await scene.run('p2', await scene.plan('p2'));
    expect(distinct(failures(await scene.events()))).toEqual(['not-found']);
    expect(await scene.state()).toMatchObject({ migrated: true });
    expect(creates(scene)).toBe(1);
  });
};

/** The writes that follow the create request in its step; the one with the index `refused` is. */
const laterWrites = (isFirst: ReturnType<typeof isCreate>, refused = -1) => {
  const requests: Request[] = [];
  let begun = false;
  let over = false;
  const around: Around = async (call, go) => {
    if (call.port === 'log' && call.what === 'append') {
      over ||= begun && call.events.some(({ type }) => type === 'StepSucceeded' || type === 'StepFailed');
    }
    if (call.port !== 'cloud' || call.what !== 'send' || call.cloud !== 'destination' || over) return go();
    const { request } = call;
    if (begun && request.method !== 'GET') {
      requests.push(request);
      if (requests.length === refused + 1) throw forbidden();
    }
    begun ||= isFirst(request, call.cloud);
    return go();
  };
  return { requests, around };
};

/** Steps that run always may meet the same. */
const distinct = (codes: readonly string[]): readonly string[] => [...new Set(codes)];
