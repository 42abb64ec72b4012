import { useRef, useState } from 'react';
import type { Pages } from '../api/use-pages.ts';
import { useLiveEvents } from './live-events.tsx';

/** Pages that are asked for again without a word; more of them only when somebody wants it. */
const fewPages = 2;

/** Milliseconds between two times that a short list is asked for again. */
const pause = 1500;

/**
 * Whether events of such types came since the list was asked for. A short list is asked for again by itself; of a long one
 * this is told to its table, which says so.
 */
export const useHasChanged = (types: RegExp, pages: Pages<unknown>): boolean => {
  const [changedAt, setChangedAt] = useState(0);
  const timer = useRef<number>(undefined);
  useLiveEvents(({ type }) => {
    if (!types.test(type)) return;
    if (pages.pages > fewPages) {
      setChangedAt(Date.now());
      return;
    }
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      pages.reload();
    }, pause);
  });
  return changedAt > pages.askedAt;
};
