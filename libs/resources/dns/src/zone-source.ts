import { z } from 'zod';

/** A set of records of one name and type, as far as it is its owner's. */
export const Recordset = z.object({
  name: z.string(),
  type: z.string(),
  records: z.array(z.string()),
  /** Null: the zone's own. */
  ttl: z.number().nullable(),
  description: z.string().nullable(),
});

export type RecordsetAttributes = z.infer<typeof Recordset>;

/** A zone as Designate shows it, with what `zoneContents` adds. */
export const ZoneSource = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  type: z.string(),
  email: z.string().nullish(),
  ttl: z.number().nullish(),
  description: z.string().nullish(),
  attributes: z.record(z.string(), z.string()).optional(),
  masters: z.array(z.string()).optional(),
  /** Without what the pool makes itself: SOA and NS of the zone's own name. */
  recordsets: z.array(Recordset),
  /** The nearest zone above it that the cloud has, whoever owns it. */
  parent_zone: z.object({ id: z.string(), name: z.string(), project_id: z.string() }).nullable(),
});

export type ZoneAttributes = z.infer<typeof ZoneSource>;
