import type { LimitsEvent } from '@osm/contracts';

/** A number, none at all, or whatever each process is configured with. */
export type Limit = LimitsEvent['data']['bandwidth'];

/** What people allow the transfers of each process. */
export interface LimitsState {
  /** Bytes per second. */
  readonly bandwidth: Limit;
  /** Transfers at a time with one cloud. */
  readonly transfers: Limit;
}

export interface ChangeLimits {
  readonly type: 'ChangeLimits';
  /** Absent: it stays. */
  readonly bandwidth?: Limit | undefined;
  /** Absent: it stays. */
  readonly transfers?: Limit | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
}

export const initialLimits: LimitsState = { bandwidth: 'configured', transfers: 'configured' };

const decide = (command: ChangeLimits, state: LimitsState): readonly LimitsEvent[] => {
  const { bandwidth = state.bandwidth, transfers = state.transfers, by, reason } = command;
  if (bandwidth === state.bandwidth && transfers === state.transfers) return [];
  return [{ type: 'LimitsChanged', data: { bandwidth, transfers, by, ...(reason === undefined ? {} : { reason }) } }];
};

const evolve = (_: LimitsState, { data: { bandwidth, transfers } }: LimitsEvent): LimitsState => ({
  bandwidth,
  transfers,
});

/** The number that counts, undefined for none: what was announced, else what the process is configured with. */
export const limitThatCounts = (announced: Limit, configured: number | undefined): number | undefined => {
  if (announced === 'none') return undefined;
  return announced === 'configured' ? configured : announced;
};

/** The rules of the limits: what changes nothing is not written. */
export const limits = { initial: initialLimits, decide, evolve };
