import type { ScanEvent } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import { scan, unfinishedTypes, type ScanCommand } from './scan.ts';

const given = (...events: readonly ScanEvent[]) => givenOf(scan, ...events);
const requested: ScanEvent = {
  type: 'ScanRequested',
  data: { cloud: 'old', types: ['network', 'image'], multitenant: true, by: 'ann' },
};
const listed = (type: string): ScanEvent => ({
  type: 'ScanTypeFinished',
  data: { type, outcome: 'listed', seen: 3, changed: 2, vanished: 1 },
});
const finish = (of: string): ScanCommand => ({
  type: 'FinishType',
  of,
  outcome: 'listed',
  seen: 3,
  changed: 2,
  vanished: 1,
});
const completed: ScanEvent = { type: 'ScanCompleted', data: { seen: 6, changed: 4, vanished: 2, failedTypes: [] } };

describe('a scan', () => {
  it('is requested once', () => {
    const command: ScanCommand = { type: 'RequestScan', ...requested.data } as ScanCommand;
    given().when(command).then(requested);
    given(requested).when(command).then();
  });

  it('is completed with its last type, once', () => {
    given(requested).when(finish('network')).then(listed('network'));
    given(requested, listed('network')).when(finish('image')).then(listed('image'), completed);
    given(requested, listed('network'), listed('image'), completed).when(finish('image')).then();
  });

  it('goes on where a crash left it', () => {
    const history = given(requested, listed('network'), listed('image'));
    history.when(finish('image')).then(completed);
    history.when({ type: 'Reconsider' }).then(completed);
    expect(unfinishedTypes(given(requested, listed('image')).state)).toEqual(['network']);
  });

  it('names the types that failed; one that the cloud does not have is no failure', () => {
    const failure = { code: 'c', message: 'm', remedy: 'r' };
    given(requested)
      .after({ type: 'FinishType', of: 'network', outcome: 'failed', seen: 0, changed: 0, vanished: 0, failure })
      .when({ type: 'FinishType', of: 'image', outcome: 'unsupported', seen: 0, changed: 0, vanished: 0 })
      .then(
        { type: 'ScanTypeFinished', data: { type: 'image', outcome: 'unsupported', seen: 0, changed: 0, vanished: 0 } },
        { type: 'ScanCompleted', data: { seen: 0, changed: 0, vanished: 0, failedTypes: ['network'] } },
      );
  });

  it('refuses a type that it was not asked for', () => {
    given(requested).when(finish('volume')).thenRefused('not-asked-for');
  });

  it('of nothing is completed at once', () => {
    const { state } = given().after({ type: 'RequestScan', cloud: 'old', types: [], multitenant: false, by: 'ann' });
    expect(state.status).toBe('completed');
  });
});
