import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';
import { FailureShape } from './shapes.ts';

/** Scan: one run of discovery over a cloud. */
export const scanEvents = [
  defineEvent(
    'ScanRequested',
    1,
    'Somebody asked to have a cloud looked at.',
    z.object({
      cloud: z.string(),
      types: z.array(z.string()),
      /** Whether the credential sees and may act for all tenants. */
      multitenant: z.boolean(),
      by: z.string(),
      reason: z.string().optional(),
    }),
  ),
  defineEvent(
    'ScanTypeFinished',
    1,
    'All resources of one type were listed, or could not be.',
    z.object({
      type: z.string(),
      outcome: z.enum(['listed', 'unsupported', 'failed']),
      seen: z.number(),
      changed: z.number(),
      vanished: z.number(),
      failure: FailureShape.optional(),
    }),
  ),
  defineEvent(
    'ScanCompleted',
    1,
    'All types of a scan are finished.',
    z.object({
      seen: z.number(),
      changed: z.number(),
      vanished: z.number(),
      failedTypes: z.array(z.string()),
    }),
  ),
] as const;

export type ScanEvent = EventOf<(typeof scanEvents)[number]>;
