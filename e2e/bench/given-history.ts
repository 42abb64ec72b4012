import {
  encodeEvent,
  inventorySubject,
  migrationSubject,
  planSubject,
  type DomainEvent,
  type NewEvent,
  type PlanStep,
} from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import { systemClock, systemIds } from '@osm/platform';
import type { JsonObject } from '@osm/kernel';

const route = { source: 'old', destination: 'new' };
const planId = 'history';

/** Events that one resource leaves behind: seen, planned, begun, identified, verified, migrated, done, heard. */
export const eventsEach = 8;

/** Networks of which somebody told once how they were migrated. */
const together = 50;

/** As a scan sees a network. */
const attributes: JsonObject = {
  ...{ id: 'x', name: 'net', admin_state_up: true, status: 'ACTIVE', mtu: 1450, shared: false, subnets: ['a', 'b'] },
  ...{ tags: [], project_id: 'p', 'router:external': false, description: 'some words about it' },
  ...{ availability_zones: ['nova'], revision_number: 3, port_security_enabled: true },
};

/** Writes the history of a plan that has migrated so many networks, as the services write it; answers how many events. */
export const givenHistory = async (log: EventLog, resources: number): Promise<number> => {
  const provenance = { producer: 'bench', correlation: planId };
  const recorded = (events: readonly DomainEvent[]): readonly NewEvent[] =>
    events.map((event) => encodeEvent(event, provenance, systemClock, systemIds));
  let revision = 0;
  const tell = async (...events: readonly DomainEvent[]): Promise<void> => {
    revision = await log.append(planSubject(planId), revision, recorded(events));
  };
  const steps = Array.from({ length: resources }, (_, at) => stepOf(at));
  await tell({ type: 'PlanRequested', data: { ...request, asOf: 0, by: 'bench' } });
  for (let at = 0; at < resources; at += 500) {
    await tell({ type: 'PlanSectionDrafted', data: { index: at / 500, steps: steps.slice(at, at + 500) } });
  }
  for (let at = 0; at < resources; at += together) {
    const some = steps.slice(at, at + together);
    await Promise.all(some.map(({ ref }) => log.append(inventorySubject(route.source, ref), 0, recorded([seen]))));
    await tell(...some.map(({ id }) => dispatched(id)));
    await Promise.all(some.map((step) => log.append(migrationSubject(route, step.ref), 0, recorded(migrated(step)))));
    await tell(...some.map(({ id }) => settled(id)));
  }
  return log.head();
};

const request = {
  ...{ route, roots: [], include: { needs: true, members: true }, policy: {} },
  ...({ intent: 'migrate', cleanUp: 'never' } as const),
};

const stepOf = (at: number): PlanStep => {
  const ref = { type: 'network', id: `${String(at).padStart(8, '0')}-0000-4000-8000-000000000000` };
  return {
    id: `network/${ref.id}/create`,
    ref,
    name: `net-${at}`,
    step: 'create',
    service: 'network',
    needs: [],
    always: false,
  };
};

const seen: DomainEvent = {
  type: 'ResourceObserved',
  data: {
    ...{ scanId: 'scan', name: 'net', projectId: 'p', attributes, fingerprint: 'f'.repeat(64) },
    ...{ needs: [], parents: [], links: [], unknown: [] },
  },
};

const dispatched = (stepId: string): DomainEvent => ({
  type: 'StepDispatched',
  data: { stepId, attempt: 1, service: 'network' },
});

const settled = (stepId: string): DomainEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt: 1, outcome: 'succeeded' },
});

const migrated = ({ id: stepId, ref }: PlanStep): readonly DomainEvent[] => {
  const attempt = { planId, stepId, step: 'create', attempt: 1 };
  const twin = { destinationId: `twin-of-${ref.id}` };
  const equal = Object.keys(attributes).filter((name) => name !== 'id');
  const made = {
    attribute: 'id',
    verdict: 'impossible',
    reason: 'made by the cloud',
    source: 'x',
    destination: 'y',
  } as const;
  return [
    { type: 'StepStarted', data: { ...attempt, delivery: 1, worker: 'bench/1' } },
    { type: 'TwinIdentified', data: { ...attempt, ...twin, how: 'created' } },
    { type: 'TwinVerified', data: { planId, ...twin, equal, others: [made] } },
    { type: 'ResourceMigrated', data: { planId, ...twin, how: 'created' } },
    { type: 'StepSucceeded', data: { ...attempt, outputs: {} } },
  ];
};
