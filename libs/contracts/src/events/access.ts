import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';

/** What a token lets its bearer do: look; draft and approve plans; run them; delete originals; make tokens. */
export const scopes = ['view', 'plan', 'execute', 'cleanup', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Access: who may ask the admin API for what. */
export const accessEvents = [
  defineEvent(
    'TokenCreated',
    1,
    'Somebody was given a token for the admin API. The token itself is nowhere but with its bearer.',
    z.object({
      tokenId: z.string(),
      /** Whose word counts as: `by` of whatever is asked with it. */
      name: z.string(),
      scopes: z.array(z.enum(scopes)),
      /** SHA-256 of the token, in hex. It has 256 bits of chance, so that nothing is won by trying. */
      hash: z.string(),
      /** ISO 8601; absent: it does not end by itself. */
      expiresAt: z.string().optional(),
      by: z.string(),
      reason: z.string().optional(),
    }),
  ),
  defineEvent(
    'TokenRevoked',
    1,
    'A token counts no more.',
    z.object({ tokenId: z.string(), by: z.string(), reason: z.string().optional() }),
  ),
] as const;

export type AccessEvent = EventOf<(typeof accessEvents)[number]>;
