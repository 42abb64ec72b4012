import type { Telemetry } from '@osm/api-client';
import { useEffect, useState } from 'react';
import { useSession } from '../../session/session.tsx';
import { afterWord, type Transfer } from './transfer.ts';

/** Milliseconds between two looks at what was heard: the eye sees no more. */
const beat = 250;

/** What moves and waits in a plan now, by step. Lossy by its nature: what is not heard of is not here. */
export const useTransfers = (planId: string): ReadonlyMap<string, Transfer> => {
  const { api } = useSession();
  const [transfers, setTransfers] = useState<ReadonlyMap<string, Transfer>>(new Map());

  useEffect(() => {
    const ending = new AbortController();
    const heard = new Map<string, Transfer>();
    let timer: number | undefined;
    const hear = (word: Telemetry): void => {
      if (word.plan_id !== planId) return;
      if (word.state === 'ended') heard.delete(word.step_id);
      else heard.set(word.step_id, afterWord(heard.get(word.step_id), word, Date.now()));
      timer ??= window.setTimeout(() => {
        timer = undefined;
        setTransfers(new Map(heard));
      }, beat);
    };
    const follow = async (): Promise<void> => {
      for await (const { data } of api.telemetry({ signal: ending.signal })) hear(data);
    };
    // That the page no longer hears is told by the indicator of the shell, which hangs on the same connection.
    follow().catch(() => setTransfers(new Map()));
    return () => {
      ending.abort();
      window.clearTimeout(timer);
      setTransfers(new Map());
    };
  }, [api, planId]);

  return transfers;
};
