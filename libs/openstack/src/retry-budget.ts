/** What may be tried again, all callers together: a cloud in trouble must not get several times the requests it had before. */
export interface RetryBudget {
  /** A request is made for the first time. */
  asked(): void;
  /** Whether one more may be tried again now; that is counted. */
  spend(): boolean;
}

/** One repetition for so many requests. */
const perRetry = 10;
/** Repetitions that are there from the beginning, and the most that are saved up. */
const reserve = 30;

export const openRetryBudget = (): RetryBudget => {
  let tenths = reserve * perRetry;
  return {
    asked: () => {
      tenths = Math.min(reserve * perRetry, tenths + 1);
    },
    spend: () => {
      if (tenths < perRetry) return false;
      tenths -= perRetry;
      return true;
    },
  };
};
