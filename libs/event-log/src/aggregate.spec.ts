import type { NewEvent, RecordedEvent, ScanEvent } from '@osm/contracts';
import { describe, expect, it } from 'vitest';
import { appendEvents, loadAggregate, transact, type Decider, type Recorder } from './aggregate.ts';
import { Conflict, type EventLog } from './event-log.ts';

const subject = 'osm.evt.scan.1';

/** A log of a single subject, as far as aggregates need one; `before` may write between somebody's load and append. */
const logOf = (before: (events: RecordedEvent[]) => void = () => {}) => {
  const events: RecordedEvent[] = [];
  const log: Pick<EventLog, 'append' | 'load'> = {
    load: async () => [...events],
    append: async (_, expected, added: readonly NewEvent[]) => {
      before(events);
      if ((events.at(-1)?.position ?? 0) !== expected) throw new Conflict(subject, expected);
      for (const event of added) events.push({ ...event, subject, position: (events.at(-1)?.position ?? 0) + 10 });
      return events.at(-1)?.position ?? 0;
    },
  };
  return { events, log: log as EventLog };
};

/** A scan that lists types, each once. */
const scan: Decider<string, readonly string[], ScanEvent> = {
  initial: [],
  decide: (type, listed) => {
    if (type === '') throw new Error('a type has a name');
    if (listed.includes(type)) return [];
    const data = { type, outcome: 'listed', seen: listed.length, changed: 0, vanished: 0 } as const;
    return [{ type: 'ScanTypeFinished', data }];
  },
  evolve: (listed, event) => (event.type === 'ScanTypeFinished' ? [...listed, event.data.type] : listed),
};

const recorderOf = (log: EventLog): Recorder => {
  let last = 0;
  return {
    log,
    clock: { now: () => new Date(0), sleep: async () => {} },
    ids: { next: () => `id-${++last}` },
    provenance: { producer: 'spec', actor: 'zoe' },
  };
};

describe('an aggregate', () => {
  it('without events is the initial state at revision 0', async () => {
    expect(await loadAggregate(logOf().log, scan, subject)).toEqual({ state: [], revision: 0 });
  });

  it('is the fold of its events, at the position of the last', async () => {
    const { log } = logOf();
    const recorder = recorderOf(log);
    await transact(recorder, scan, subject, 'network');
    await transact(recorder, scan, subject, 'subnet');
    expect(await loadAggregate(log, scan, subject)).toEqual({ state: ['network', 'subnet'], revision: 20 });
  });
});

describe('a transaction', () => {
  it('answers the new state, the new revision and what was recorded, with its provenance', async () => {
    const { log, events } = logOf();
    const answer = await transact(recorderOf(log), scan, subject, 'network');
    expect(answer).toMatchObject({ state: ['network'], revision: 10, events: [{ type: 'ScanTypeFinished' }] });
    expect(events).toMatchObject([
      {
        id: 'id-1',
        type: 'ScanTypeFinished',
        version: 1,
        at: '1970-01-01T00:00:00.000Z',
        actor: 'zoe',
        producer: 'spec',
      },
    ]);
  });

  it('decides again on what somebody else wrote first', async () => {
    let others = 3;
    const { log, events } = logOf((written) => {
      if (others-- > 0) {
        const data = { type: `other-${others}`, outcome: 'listed', seen: 0, changed: 0, vanished: 0 };
        const position = (written.at(-1)?.position ?? 0) + 10;
        const at = new Date(0).toISOString();
        written.push({
          id: `o${others}`,
          type: 'ScanTypeFinished',
          version: 1,
          at,
          data,
          producer: 'x',
          subject,
          position,
        });
      }
    });
    const { state } = await transact(recorderOf(log), scan, subject, 'network');
    expect(state).toEqual(['other-2', 'other-1', 'other-0', 'network']);
    expect(events.at(-1)?.data).toMatchObject({ type: 'network', seen: 3 });
  });

  it('with nothing to say writes nothing', async () => {
    const { log, events } = logOf();
    const recorder = recorderOf(log);
    await transact(recorder, scan, subject, 'network');
    expect(await transact(recorder, scan, subject, 'network')).toEqual({
      state: ['network'],
      revision: 10,
      events: [],
    });
    expect(events).toHaveLength(1);
  });

  it('lets a refusal through and writes nothing', async () => {
    const { log, events } = logOf();
    await expect(transact(recorderOf(log), scan, subject, '')).rejects.toThrow('a type has a name');
    expect(events).toEqual([]);
  });
});

describe('events appended at a known revision', () => {
  const events: readonly ScanEvent[] = scan.decide('network', []);

  it('are refused when somebody else was faster', async () => {
    const { log } = logOf();
    const recorder = recorderOf(log);
    expect(await appendEvents(recorder, subject, 0, events)).toBe(10);
    await expect(appendEvents(recorder, subject, 0, events)).rejects.toBeInstanceOf(Conflict);
  });

  it('that do not fit their schema never reach the log', async () => {
    const { log, events: written } = logOf();
    const odd = [{ type: 'ScanCompleted', data: { seen: 1 } }] as unknown as readonly ScanEvent[];
    await expect(appendEvents(recorderOf(log), subject, 0, odd)).rejects.toMatchObject({ code: 'malformed-event' });
    expect(written).toEqual([]);
  });
});
