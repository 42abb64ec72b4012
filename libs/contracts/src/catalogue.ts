import { Failure } from '@osm/kernel';
import { accessEvents } from './events/access.ts';
import type { EventDefinition } from './events/define-event.ts';
import { inventoryEvents } from './events/inventory.ts';
import { limitsEvents } from './events/limits.ts';
import { migrationEvents } from './events/migration.ts';
import { planEvents } from './events/plan.ts';
import { scanEvents } from './events/scan.ts';

/** Every event there is, by aggregate: the source of `docs/reference/events.md`. */
export const catalogue: Readonly<
  Record<'scan' | 'inventory' | 'plan' | 'migration' | 'limits' | 'access', readonly EventDefinition[]>
> = {
  scan: scanEvents,
  inventory: inventoryEvents,
  plan: planEvents,
  migration: migrationEvents,
  limits: limitsEvents,
  access: accessEvents,
};

const byType = new Map(Object.values(catalogue).flatMap((events) => events.map((event) => [event.type, event])));

/** The definition of an event type, or a failure: a decider that meets an unknown type would decide blind. */
export const definitionOf = (type: string): EventDefinition => {
  const definition = byType.get(type);
  if (definition !== undefined) return definition;
  throw new Failure('unknown-event', `cannot read an event of type ${type}: this version does not know it`, {
    remedy: 'Upgrade openstack-migrate: the log was written by a newer version.',
  });
};
