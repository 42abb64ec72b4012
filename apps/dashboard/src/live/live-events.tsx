import type { Event } from '@osm/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react';
import { useSession } from '../session/session.tsx';
import { answersTouchedBy } from './answers-touched-by.ts';
import { registryHasSeen } from './registry-has-seen.ts';

/** How the page hears of what happens. */
export type Connection = 'connecting' | 'live' | 'lost';

interface Live {
  readonly connection: Connection;
  /** Why it is lost. */
  readonly problem: string | undefined;
  subscribe(listener: (event: Event) => void): () => void;
}

const LiveContext = createContext<Live | undefined>(undefined);

/** Milliseconds for which events are gathered before the answers that they touch are asked again. */
const gathering = 700;

/** Follows the log as long as somebody is signed in, and has all answers asked again that an event may have changed. */
export const LiveEvents = ({ children }: { readonly children: ReactNode }) => {
  const { api } = useSession();
  const queries = useQueryClient();
  const listeners = useRef(new Set<(event: Event) => void>());
  const [connection, setConnection] = useState<Connection>('connecting');
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const ending = new AbortController();
    const touched = new Set<string>();
    let heardUpTo = 0;
    let timer: number | undefined;
    const askAgain = async (): Promise<void> => {
      timer = undefined;
      const ids = new Set(touched);
      touched.clear();
      await registryHasSeen(api, heardUpTo);
      // Of a long list nothing is asked again by itself: its table says that something has changed.
      const isTouched = (key: readonly unknown[]): boolean => ids.has(String(key[0])) && key.at(-1) !== 'pages';
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isTouched(queryKey) });
    };
    const hear = (event: Event): void => {
      for (const id of answersTouchedBy(event.type)) touched.add(id);
      heardUpTo = Math.max(heardUpTo, event.position);
      for (const listener of listeners.current) listener(event);
      timer ??= window.setTimeout(() => void askAgain(), gathering);
    };
    const follow = async (): Promise<void> => {
      const onTrouble = (trouble: Error | undefined): void => {
        setConnection(trouble === undefined ? 'live' : 'lost');
        setProblem(trouble?.message);
      };
      for await (const { data } of api.events({ signal: ending.signal, onTrouble })) hear(data);
    };
    follow().catch((error: unknown) => {
      setConnection('lost');
      setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => {
      ending.abort();
      window.clearTimeout(timer);
    };
  }, [api, queries]);

  const live = useMemo<Live>(
    () => ({
      connection,
      problem,
      subscribe: (listener) => {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
    }),
    [connection, problem],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
};

/** Whether the page hears of what happens. */
export const useLive = (): Live => {
  const live = use(LiveContext);
  if (live === undefined) throw new Error('cannot tell what happens: nobody has signed in');
  return live;
};

/** Calls with each event that is recorded from now on. */
export const useLiveEvents = (onEvent: (event: Event) => void): void => {
  const { subscribe } = useLive();
  const hear = useEffectEvent(onEvent);
  useEffect(() => subscribe((event) => hear(event)), [subscribe]);
};
