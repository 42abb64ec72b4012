import { z } from 'zod';

/** What `list -f json` tells of each record. */
export const RecordsShape = z.array(
  z.object({
    resource_type: z.string(),
    source_id: z.string(),
    destination_id: z.string().nullable(),
    status: z.string(),
    external: z.boolean(),
    how: z.string().nullable(),
    name: z.string().nullable(),
  }),
);
export type Record = z.infer<typeof RecordsShape>[number];

/** What `fidelity -f json` tells. */
export const FidelityShape = z.object({
  attributes: z.array(
    z.object({
      resource_type: z.string(),
      source_id: z.string(),
      name: z.string().nullable(),
      attribute: z.string(),
      verdict: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});
export type Attribute = z.infer<typeof FidelityShape>['attributes'][number];

/** What `plan --json` tells. */
export const DraftedShape = z.object({
  digest: z.string(),
  resources: z.number(),
  steps: z.array(z.object({ ref: z.object({ type: z.string(), id: z.string() }) })),
  findings: z.array(z.object({ severity: z.string(), message: z.string(), remedy: z.string() })),
});
export type Drafted = z.infer<typeof DraftedShape>;
