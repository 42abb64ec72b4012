import type { Database } from 'better-sqlite3';
import type { NewEvent } from '@osm/contracts';
import { chainHash, Conflict, genesis } from '@osm/event-log';
import type { EventRow } from './event-row.ts';

/** An event and its data as text: what `append` gets. */
export interface Entry {
  readonly event: NewEvent;
  readonly text: string;
}

/** What a page of rows is asked for by. */
export interface Page {
  readonly filter: string | undefined;
  readonly after: number;
  /** The last position that counts. */
  readonly upTo: number;
}

/** The table of events. All of it is synchronous; `append` belongs into a transaction. */
export interface EventTable {
  append(subject: string, expected: number, entries: readonly Entry[]): number;
  load(subject: string): EventRow[];
  /** The next rows, oldest first, as many as fit into some megabytes; empty when there is none. */
  page(page: Page): EventRow[];
  head(): number;
}

const pageRows = 1000;
const pageCharacters = 4_000_000;

export const eventTable = (db: Database): EventTable => {
  const all = 'SELECT * FROM events';
  const newest = db.prepare<[], EventRow>(`${all} ORDER BY position DESC LIMIT 1`);
  const head = db.prepare<[], number>('SELECT max(position) FROM events').pluck();
  const revision = db.prepare<[string], number>('SELECT max(position) FROM events WHERE subject = ?').pluck();
  const known = db.prepare<[string], number>('SELECT position FROM events WHERE id = ?').pluck();
  const since = db.prepare<[string, number, number], { id: string; position: number }>(
    'SELECT id, position FROM events WHERE subject = ? AND position > ? ORDER BY position LIMIT ?',
  );
  const insert = db.prepare<EventRow>(
    `INSERT INTO events VALUES (@position, @subject, @id, @type, @version, @at, @data, @correlation, @causation, @actor,
     @producer, @hash)`,
  );
  const ofSubject = db.prepare<[string], EventRow>(`${all} WHERE subject = ? ORDER BY position`);
  const everything = db.prepare<[number, number], EventRow>(
    `${all} WHERE position > ? AND position <= ? ORDER BY position LIMIT ${pageRows}`,
  );
  const exactly = db.prepare<[number, number, string], EventRow>(
    `${all} WHERE position > ? AND position <= ? AND subject = ? ORDER BY position LIMIT ${pageRows}`,
  );
  // The plus keeps SQLite from the index of subjects: it would sort all that match, for every page.
  const below = db.prepare<[number, number, string, string], EventRow>(
    `${all} WHERE position > ? AND position <= ? AND +subject > ? AND +subject < ? ORDER BY position LIMIT ${pageRows}`,
  );

  const rows = ({ filter, after, upTo }: Page): IterableIterator<EventRow> => {
    if (filter === undefined || filter === '>') return everything.iterate(after, upTo);
    if (!filter.endsWith('.>')) return exactly.iterate(after, upTo, filter);
    const prefix = filter.slice(0, -2);
    // The slash comes right after the dot: what is between the two begins with the prefix and a dot.
    return below.iterate(after, upTo, `${prefix}.`, `${prefix}/`);
  };

  const write = (subject: string, entries: readonly Entry[]): number => {
    let { position, hash } = newest.get() ?? { position: 0, hash: genesis };
    for (const { event, text } of entries) {
      position += 1;
      const { correlation = null, causation = null, actor = null, id, type, version, at, producer } = event;
      const row = { position, subject, id, type, version, at, data: text, correlation, causation, actor, producer };
      hash = chainHash(hash, row);
      insert.run({ ...row, hash });
    }
    return position;
  };

  return {
    append: (subject, expected, entries) => {
      if ((revision.get(subject) ?? 0) === expected) {
        if (entries.some(({ event }) => known.get(event.id) !== undefined)) throw new Conflict(subject, expected);
        return entries.length === 0 ? expected : write(subject, entries);
      }
      // What follows the expected position is ours when this append is the repetition of one whose answer was lost.
      const written = since.all(subject, expected, entries.length + 1);
      const ours = written.findIndex(({ id }, at) => entries[at]?.event.id !== id);
      const count = ours === -1 ? written.length : ours;
      const last = written[count - 1];
      if (last === undefined || (count < entries.length && count < written.length))
        throw new Conflict(subject, expected);
      return count === entries.length ? last.position : write(subject, entries.slice(count));
    },
    load: (subject) => ofSubject.all(subject),
    page: (page) => {
      const found: EventRow[] = [];
      let characters = 0;
      for (const row of rows(page)) {
        found.push(row);
        characters += row.data.length;
        if (characters > pageCharacters) break;
      }
      return found;
    },
    head: () => head.get() ?? 0,
  };
};
