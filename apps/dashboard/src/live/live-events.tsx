import { ApiProblem, type Event } from '@osm/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react';
import { useSession } from '../session/session.tsx';
import { followLog } from './follow-log.ts';

/** How the page hears of what happens. */
export type Connection = 'connecting' | 'live' | 'lost';

interface Live {
  readonly connection: Connection;
  /** Why it is lost. */
  readonly problem: string | undefined;
  subscribe(listener: (event: Event) => void): () => void;
}

const LiveContext = createContext<Live | undefined>(undefined);

/** Follows the log as long as somebody is signed in, and has all answers asked again that an event may have changed. */
export const LiveEvents = ({ children }: { readonly children: ReactNode }) => {
  const { api, signOut } = useSession();
  const queries = useQueryClient();
  const listeners = useRef(new Set<(event: Event) => void>());
  const [connection, setConnection] = useState<Connection>('connecting');
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const ending = new AbortController();
    const onTrouble = (trouble: Error | undefined): void => {
      setConnection(trouble === undefined ? 'live' : 'lost');
      setProblem(trouble?.message);
    };
    const onEvent = (event: Event): void => {
      for (const listener of listeners.current) listener(event);
    };
    followLog({ api, queries, signal: ending.signal, onEvent, onTrouble }).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 401) return signOut(error.message);
      onTrouble(error instanceof Error ? error : new Error(String(error)));
    });
    return () => ending.abort();
  }, [api, queries, signOut]);

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
