import { isFailure } from '@osm/kernel';
import type { Step } from '@osm/resource';
import { z } from 'zod';
import { allow, listAccess, sameClient, untilActive, type Rule } from './access-rules.ts';

const Rules = z.object({
  access_rules: z.array(
    z.object({
      access_type: z.string(),
      access_to: z.string(),
      access_level: z.string(),
      metadata: z.record(z.string(), z.string()),
    }),
  ),
});

/**
 * Lets the tenants' clients mount the twin, as they could mount the original: after the contents are there, so that nobody
 * writes between them. Each rule is tried, so that one refusal hides no other.
 */
export const giveAccess: Step = {
  name: 'access',
  when: (_attributes, policy) => policy.preserve_share_access_rules,
  run: async ({ attributes, destination, destinationId, ref, clock, signal, policy }) => {
    const shareId = destinationId ?? ref.id;
    const wanted: readonly Rule[] = Rules.parse(attributes).access_rules;
    const there = (await listAccess(destination, shareId, signal)).filter(({ temporary }) => !temporary);
    const refused: unknown[] = [];
    for (const rule of wanted) {
      if (there.some((one) => sameClient(one.rule, rule))) continue;
      try {
        await allow(destination, shareId, rule, signal);
      } catch (error) {
        if (!isFailure(error) || error.disposition !== 'stop') throw error;
        refused.push(error);
      }
    }
    if (refused.length > 0) throw refused[0];
    const patience = { clock, signal, seconds: policy.resource_creation_timeout };
    if (wanted.length > 0) await untilActive(destination, shareId, wanted, patience);
    return { rules: wanted.length };
  },
};
