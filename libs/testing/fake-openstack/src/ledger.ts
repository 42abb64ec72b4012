/** One request that the cloud answered. */
export interface LedgerEntry {
  /** Number of the request, from 1. */
  readonly n: number;
  /** ISO time of its arrival. */
  readonly at: string;
  readonly method: string;
  /** Full path, with the service's prefix, without query. */
  readonly path: string;
  /** Query string without the question mark. */
  readonly query: string;
  /** Status sent; 0 when the connection was dropped instead. */
  readonly status: number;
  /** Prefix of the service. */
  readonly service: string;
  readonly projectId: string | undefined;
  readonly userAgent: string | undefined;
}

/** Every request, in order of its answer. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  #last = 0;

  /** The number of a request that arrives now. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Records an answered request. */
  record(entry: LedgerEntry): void {
    this.#entries.push(entry);
  }

  /** All entries, or those after number `after`. */
  entries(after = 0): readonly LedgerEntry[] {
    return this.#entries.filter((entry) => entry.n > after);
  }

  /** Requests that may have changed something: all but GET, HEAD and the making of tokens. */
  writes(after = 0): readonly LedgerEntry[] {
    return this.entries(after).filter((entry) => !isRead(entry));
  }

  /** Forgets all entries; numbers go on. */
  clear(): void {
    this.#entries.length = 0;
  }
}

function isRead(entry: LedgerEntry): boolean {
  if (entry.method === 'GET' || entry.method === 'HEAD' || entry.method === 'OPTIONS') return true;
  return entry.method === 'POST' && /\/v3\/auth\/tokens\/?$/.test(entry.path);
}
