import type { Event } from '@osm/api-client';
import { useEffect, useRef, useState } from 'react';
import { useSession } from '../../session/session.tsx';
import type { AuditFilter } from './audit-filter.ts';
import { chainedLines, plainLines } from './chained-lines.ts';
import { eventsOf } from './log-reading.ts';
import { askFor, reachOf } from './use-audit-pages.ts';

/** An export on its way. */
export interface Exporting {
  /** Events that are written so far; undefined: nothing is being exported. */
  readonly written: number | undefined;
  readonly problem: unknown;
  /** What is shown, a line of JSON an event. */
  plain(filter: AuditFilter): void;
  /** The log from its first event on, chained, so that the command line can tell whether anything was changed later. */
  chained(): void;
  giveUp(): void;
}

const everything: AuditFilter = {
  ...{ who: '', of: 'all', kind: undefined, type: undefined, plan: undefined },
  ...{ subject: undefined, from: undefined, to: undefined },
};

/** Writes events into a file of whoever looks. It is put together here: nothing of it is kept anywhere else. */
export const useExport = (): Exporting => {
  const { api } = useSession();
  const [written, setWritten] = useState<number>();
  const [problem, setProblem] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const write = async (
    name: string,
    filter: AuditFilter,
    lines: (events: AsyncIterable<Event>) => AsyncIterable<string>,
  ): Promise<void> => {
    const { signal } = (running.current = new AbortController());
    setProblem(undefined);
    setWritten(0);
    try {
      const parts: string[] = [];
      const events = eventsOf(askFor(api, filter, signal), await reachOf(api, filter, signal));
      for await (const line of lines(events)) {
        parts.push(line);
        if (parts.length % 500 === 0) setWritten(parts.length);
      }
      save(name, parts);
    } catch (error) {
      if (!signal.aborted) setProblem(error);
    } finally {
      setWritten(undefined);
    }
  };

  return {
    ...{ written, problem },
    plain: (filter) => void write('openstack-migrate-events.jsonl', filter, plainLines),
    chained: () => void write('openstack-migrate-events-chained.jsonl', everything, chainedLines),
    giveUp: () => running.current?.abort(),
  };
};

const save = (name: string, parts: readonly string[]): void => {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};
