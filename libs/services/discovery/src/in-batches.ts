/** Work done so much at once. */
export interface Batches {
  /** Takes work on; when a batch is full it is done before this returns. */
  add(work: () => Promise<void>): Promise<void>;
  /** Does what is left. */
  finish(): Promise<void>;
}

/** Nothing is under way while nobody waits for it; the first failure of a batch is raised once all of it has ended. */
export const inBatches = (size: number): Batches => {
  let waiting: (() => Promise<void>)[] = [];
  const finish = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const results = await Promise.allSettled(batch.map((work) => work()));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  return {
    add: async (work) => {
      waiting.push(work);
      if (waiting.length >= size) await finish();
    },
    finish,
  };
};
