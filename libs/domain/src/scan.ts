import type { ScanEvent } from '@osm/contracts';
import { Failure, type FailureRecord } from '@osm/kernel';

/** What became of one type, as `ScanTypeFinished` states it. */
export type FinishedType = Extract<ScanEvent, { type: 'ScanTypeFinished' }>['data'];

/** One run of discovery over a cloud. */
export interface ScanState {
  readonly status: 'unknown' | 'running' | 'completed';
  readonly cloud: string;
  readonly types: readonly string[];
  readonly multitenant: boolean;
  /** The types that are done, in the order in which they ended. */
  readonly finished: readonly FinishedType[];
}

export type ScanCommand =
  | {
      readonly type: 'RequestScan';
      readonly cloud: string;
      readonly types: readonly string[];
      readonly multitenant: boolean;
      readonly by: string;
      readonly reason?: string | undefined;
    }
  | {
      readonly type: 'FinishType';
      /** The resource type. */
      readonly of: string;
      readonly outcome: FinishedType['outcome'];
      readonly seen: number;
      readonly changed: number;
      readonly vanished: number;
      readonly failure?: FailureRecord | undefined;
    }
  /** Writes what is missing after a crash; harmless at any time. */
  | { readonly type: 'Reconsider' };

export const initialScan: ScanState = { status: 'unknown', cloud: '', types: [], multitenant: false, finished: [] };

/** The types that are still to be listed: where a worker goes on after a crash. */
export const unfinishedTypes = ({ types, finished }: ScanState): readonly string[] =>
  types.filter((type) => !finished.some((done) => done.type === type));

/** The scan's completion, where every type is finished and nobody has said so. */
const ready = (state: ScanState): readonly ScanEvent[] => {
  if (state.status !== 'running' || unfinishedTypes(state).length > 0) return [];
  const { finished } = state;
  const total = (of: 'seen' | 'changed' | 'vanished'): number => finished.reduce((sum, done) => sum + done[of], 0);
  const failedTypes = finished.filter(({ outcome }) => outcome === 'failed').map(({ type }) => type);
  const data = { seen: total('seen'), changed: total('changed'), vanished: total('vanished'), failedTypes };
  return [{ type: 'ScanCompleted', data }];
};

const andReady = (state: ScanState, event: ScanEvent): readonly ScanEvent[] => [event, ...ready(evolve(state, event))];

const decide = (command: ScanCommand, state: ScanState): readonly ScanEvent[] => {
  switch (command.type) {
    case 'RequestScan': {
      if (state.status !== 'unknown') return ready(state);
      const { cloud, types, multitenant, by, reason } = command;
      return andReady(state, { type: 'ScanRequested', data: { cloud, types: [...types], multitenant, by, reason } });
    }
    case 'FinishType': {
      const { of: type, outcome, seen, changed, vanished, failure } = command;
      if (!state.types.includes(type)) throw notAskedFor(type);
      if (!unfinishedTypes(state).includes(type)) return ready(state);
      return andReady(state, {
        type: 'ScanTypeFinished',
        data: { type, outcome, seen, changed, vanished, failure },
      });
    }
    case 'Reconsider':
      return ready(state);
  }
};

const notAskedFor = (type: string): Failure =>
  new Failure('not-asked-for', `cannot finish ${type}: the scan was not asked to look at it`, {
    remedy: 'This is a defect of openstack-migrate: report it with the log.',
  });

const evolve = (state: ScanState, event: ScanEvent): ScanState => {
  switch (event.type) {
    case 'ScanRequested': {
      const { cloud, types, multitenant } = event.data;
      return { ...state, status: 'running', cloud, types, multitenant };
    }
    case 'ScanTypeFinished':
      return { ...state, finished: [...state.finished, event.data] };
    case 'ScanCompleted':
      return { ...state, status: 'completed' };
  }
};

/** The rules of a scan: each type finished once, completed once. */
export const scan = { initial: initialScan, decide, evolve };
