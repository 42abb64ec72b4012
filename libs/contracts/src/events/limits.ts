import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';

/** A number, none at all, or whatever each process is configured with. */
const limit = z.union([z.number().positive(), z.enum(['none', 'configured'])]);

/** Limits: what people allow the transfers, said while they run. */
export const limitsEvents = [
  defineEvent(
    'LimitsChanged',
    1,
    'Somebody changed what each process that moves bytes is allowed. Both limits stand in it, also the one that stays.',
    z.object({
      /** Bytes per second, for each process. */
      bandwidth: limit,
      /** Transfers at a time with one cloud, for each process. */
      transfers: limit,
      by: z.string(),
      reason: z.string().optional(),
    }),
  ),
] as const;

export type LimitsEvent = EventOf<(typeof limitsEvents)[number]>;
