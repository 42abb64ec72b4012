import { z } from 'zod';

const Entry = z.object({ n: z.number(), method: z.string(), path: z.string(), status: z.number() });

/** A request that a cloud has answered. */
export type Answered = z.infer<typeof Entry>;

const Ledger = z.object({ entries: z.array(Entry) });

/** What a cloud has answered after request number `after`; `writes`: only what may have changed something. */
export const readLedger = async (url: string, after = 0, writes = false): Promise<readonly Answered[]> => {
  const address = `${url}/__fake/ledger?after=${after}${writes ? '&writes=1' : ''}`;
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return Ledger.parse(await response.json()).entries;
};

/** The number of the last request that was answered. */
export const lastRequest = async (url: string): Promise<number> =>
  (await readLedger(url)).reduce((last, { n }) => Math.max(last, n), 0);
