import type { Json } from '@osm/kernel';
import { z } from 'zod';

/** Any JSON value. */
export const JsonValue: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(JsonValue), z.record(z.string(), JsonValue)]),
);
export const JsonRecord = z.record(z.string(), JsonValue);

/** One resource of a cloud. */
export const RefShape = z.object({ type: z.string(), id: z.string() });

/** Source and destination, by their names in `clouds.yaml`. */
export const RouteShape = z.object({ source: z.string(), destination: z.string() });

/** A failure without its stack. */
export const FailureShape = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  http: z
    .object({
      service: z.string(),
      method: z.string(),
      url: z.string(),
      status: z.number().optional(),
      requestId: z.string().optional(),
      body: z.string().optional(),
    })
    .optional(),
});

/** A relation that a resource has to another one, by the name its type gives it (`network`, `project`, `interface`). */
export const RelationShape = z.object({
  name: z.string(),
  ref: RefShape,
  /** The owner, which exists for a single-tenant migration already. */
  owner: z.boolean().optional(),
});

/** Something a plan's drafting noticed. Errors refuse the plan. */
export const FindingShape = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  remedy: z.string(),
  ref: RefShape.optional(),
});
export type Finding = z.infer<typeof FindingShape>;

/**
 * What became of one attribute of the source.
 * - `equal`: the twin shows the same value.
 * - `mapped`: another value on purpose: an id of the destination, a name that policy gives.
 * - `lost`: the twin lacks it, though an API could carry it.
 * - `impossible`: no API can carry it; clouds make it themselves.
 * - `unknown`: nobody declared it: a newer release or an extension shows it.
 */
export const VerdictShape = z.enum(['equal', 'mapped', 'lost', 'impossible', 'unknown']);
export type Verdict = z.infer<typeof VerdictShape>;

export const AttributeFidelityShape = z.object({
  attribute: z.string(),
  verdict: VerdictShape,
  reason: z.string().optional(),
  source: JsonValue.optional(),
  destination: JsonValue.optional(),
});
export type AttributeFidelity = z.infer<typeof AttributeFidelityShape>;

/** How a twin came to be. Only what we made (`created`, `adopted`) counts as ours. */
export const HowShape = z.enum(['created', 'adopted', 'reused', 'external', 'imported']);
export type How = z.infer<typeof HowShape>;
