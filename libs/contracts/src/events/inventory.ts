import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';
import { JsonRecord, RefShape, RelationShape } from './shapes.ts';

/** Inventory: what one resource of a cloud looked like. Written only when the fingerprint changed. */
export const inventoryEvents = [
  defineEvent(
    'ResourceObserved',
    1,
    'A scan saw a resource for the first time, or saw it changed.',
    z.object({
      scanId: z.string(),
      name: z.string().nullable(),
      /** The owning project, where the resource has one. */
      projectId: z.string().nullable(),
      /** As the API showed them, raw; attributes marked secret are digests. */
      attributes: JsonRecord,
      /** SHA-256 of the attributes without those that change by themselves. */
      fingerprint: z.string(),
      needs: z.array(RelationShape),
      /** What it is contained in: it is a member of each. */
      parents: z.array(RefShape),
      links: z.array(RelationShape),
      /** Attributes that the type's handler does not declare. */
      unknown: z.array(z.string()),
    }),
  ),
  defineEvent(
    'ResourceVanished',
    1,
    'A scan of the whole type no longer saw a resource.',
    z.object({ scanId: z.string(), lastFingerprint: z.string() }),
  ),
] as const;

export type InventoryEvent = EventOf<(typeof inventoryEvents)[number]>;
