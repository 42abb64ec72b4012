import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Pages } from '../api/use-pages.ts';
import { useSession } from '../session/session.tsx';
import { useLive, useLiveEvents } from './live-events.tsx';
import { registryHasSeen } from './registry-has-seen.ts';

/** Pages that are asked for again without a word; more of them only when somebody wants it. */
const fewPages = 2;

/** Milliseconds between two times that a short list is asked for again. */
const pause = 1500;

/**
 * Whether events of such types came since the list was asked for, or may have come while the connection was lost. A short
 * list is asked for again by itself; of a long one this is told to its table, which says so.
 */
export const useHasChanged = (types: RegExp, pages: Pages<unknown>): boolean => {
  const { api } = useSession();
  const { connection } = useLive();
  const [changedAt, setChangedAt] = useState(0);
  const timer = useRef<number>(undefined);
  const heardUpTo = useRef(0);
  const wasLost = useRef(false);

  const note = (): void => {
    if (pages.pages > fewPages) {
      setChangedAt(Date.now());
      return;
    }
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void registryHasSeen(api, heardUpTo.current).then(() => pages.reload());
    }, pause);
  };
  useLiveEvents(({ type, position }) => {
    if (!types.test(type)) return;
    heardUpTo.current = Math.max(heardUpTo.current, position);
    note();
  });
  const hearConnection = useEffectEvent((): void => {
    if (connection === 'live' && wasLost.current) note();
    wasLost.current = connection === 'lost';
  });
  useEffect(() => hearConnection(), [connection]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return changedAt > pages.askedAt;
};
