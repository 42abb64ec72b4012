import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  inventorySubject,
  migrationSubject,
  planSubject,
  scanSubject,
  type DomainEvent,
  type NewEvent,
  type PlanStep,
} from '@osm/contracts';
import { appendEvents } from '@osm/event-log';
import { openEmbeddedLog, type EmbeddedLog } from '@osm/event-log-embedded';
import type { Ref } from '@osm/kernel';
import { systemClock, systemIds } from '@osm/platform';
import { openRegistry, type RegisteredType, type Registry, type RegistryOptions } from './registry.ts';

export const route = { source: 'old', destination: 'new' };
export const network: Ref = { type: 'network', id: 'n1' };

const typeOf = (service: string, ...auxiliary: readonly string[]): RegisteredType => ({
  api: { service },
  auxiliary: auxiliary.map((name) => ({ name })),
});

/** A world of its own: a log in memory, a data directory, and what writes events as services do. */
export interface World {
  readonly events: EmbeddedLog;
  readonly directory: string;
  readonly options: RegistryOptions;
  readonly said: readonly string[];
  open(): Promise<Registry>;
  /** Appends to a subject, whatever its revision; answers the new one. */
  append(subject: string, ...events: readonly DomainEvent[]): Promise<number>;
  /** Appends what no version of today writes. */
  appendRaw(subject: string, event: Omit<NewEvent, 'id'>): Promise<number>;
  migration(ref: Ref, ...events: readonly DomainEvent[]): Promise<number>;
  plan(planId: string, ...events: readonly DomainEvent[]): Promise<number>;
  scan(scanId: string, ...events: readonly DomainEvent[]): Promise<number>;
  inventory(ref: Ref, ...events: readonly DomainEvent[]): Promise<number>;
  end(): Promise<void>;
}

export const openWorld = async (logDirectory = ':memory:'): Promise<World> => {
  const events = await openEmbeddedLog({ directory: logDirectory });
  const directory = mkdtempSync(path.join(tmpdir(), 'osm-registry-'));
  const opened: Registry[] = [];
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const { log } = events;
  const options: RegistryOptions = {
    log,
    dataDirectory: directory,
    handlers: new Map([
      ['network', typeOf('network')],
      ['image', typeOf('image')],
      ['project', typeOf('identity', 'grant', 'revoke')],
    ]),
    clock: systemClock,
    logger: { log: say, warn: say, error: say },
  };
  const recorder = { log, clock: systemClock, ids: systemIds, provenance: { producer: 'spec' } };
  const revision = async (subject: string): Promise<number> => (await log.load(subject)).at(-1)?.position ?? 0;
  const append = async (subject: string, ...some: readonly DomainEvent[]): Promise<number> =>
    appendEvents(recorder, subject, await revision(subject), some);
  return {
    events,
    directory,
    options,
    said,
    open: async () => {
      const registry = await openRegistry(options);
      opened.push(registry);
      return registry;
    },
    append,
    appendRaw: async (subject, event) =>
      log.append(subject, await revision(subject), [{ id: systemIds.next(), ...event }]),
    migration: (ref, ...some) => append(migrationSubject(route, ref), ...some),
    plan: (planId, ...some) => append(planSubject(planId), ...some),
    scan: (scanId, ...some) => append(scanSubject(scanId), ...some),
    inventory: (ref, ...some) => append(inventorySubject(route.source, ref), ...some),
    end: async () => {
      for (const registry of opened) await registry.close();
      await events.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const stepId = (step: string): string => `network/n1/${step}`;

/** The events of one migration, in short. */
export const tell = {
  started: (step: string, attempt = 1, planId = 'p1'): DomainEvent => ({
    type: 'StepStarted',
    data: { planId, stepId: stepId(step), step, attempt, delivery: 1, worker: 'w' },
  }),
  succeeded: (step: string, attempt = 1, planId = 'p1'): DomainEvent => ({
    type: 'StepSucceeded',
    data: { planId, stepId: stepId(step), step, attempt, outputs: {} },
  }),
  failed: (step: string, message: string, attempt = 1, planId = 'p1'): DomainEvent => ({
    type: 'StepFailed',
    data: { planId, stepId: stepId(step), step, attempt, failure: failure(message) },
  }),
  unneeded: (step: string): DomainEvent => ({
    type: 'StepUnneeded',
    data: { planId: 'p1', stepId: stepId(step), step, attempt: 1, reason: 'already' },
  }),
  abandoned: (step: string): DomainEvent => ({
    type: 'StepAbandoned',
    data: { planId: 'p1', stepId: stepId(step), step, attempt: 1, by: 'ann', reason: 'the plan was cancelled' },
  }),
  identified: (destinationId: string, planId = 'p1'): DomainEvent => ({
    type: 'TwinIdentified',
    data: { planId, stepId: stepId('create'), step: 'create', attempt: 1, destinationId, how: 'created' },
  }),
  discarded: (destinationId: string): DomainEvent => ({
    type: 'TwinDiscarded',
    data: { planId: 'p1', stepId: stepId('create'), step: 'create', attempt: 1, destinationId, reason: 'ERROR' },
  }),
  migrated: (destinationId: string, planId = 'p1'): DomainEvent => ({
    type: 'ResourceMigrated',
    data: { planId, destinationId, how: 'created' },
  }),
  removed: (): DomainEvent => ({ type: 'SourceRemoved', data: { planId: 'p1' } }),
  forgotten: (hard: boolean): DomainEvent => ({ type: 'MigrationForgotten', data: { by: 'ann', reason: 'why', hard } }),
  recalled: (): DomainEvent => ({ type: 'MigrationRecalled', data: { by: 'ann' } }),
  observed: (name: string, attributes: Record<string, string | number | boolean | null> = {}): DomainEvent => ({
    type: 'ResourceObserved',
    data: {
      scanId: 's1',
      name,
      projectId: 'owner',
      attributes: { name, ...attributes },
      fingerprint: name,
      needs: [],
      parents: [],
      links: [],
      unknown: ['quirk'],
    },
  }),
};

export const failure = (message: string) => ({ code: 'refused', message, remedy: 'Do something.' });

/** A step by its id, `<type>/<source id>/<step>`. */
export const planned = (id: string, ...needs: readonly string[]): PlanStep => {
  const [type = '', source = '', step = ''] = id.split('/');
  return { id, ref: { type, id: source }, name: source, step, service: 'network', needs: [...needs], always: false };
};

/** A plan of these steps up to its start. */
export const startedPlan = (...sections: readonly (readonly PlanStep[])[]): readonly DomainEvent[] => [
  {
    type: 'PlanRequested',
    data: {
      route,
      roots: [network],
      include: { needs: true, members: false },
      intent: 'migrate',
      cleanUp: 'never',
      policy: {},
      asOf: 0,
      by: 'ann',
    },
  },
  ...sections.map((steps, index): DomainEvent => ({ type: 'PlanSectionDrafted', data: { index, steps: [...steps] } })),
  {
    type: 'PlanDrafted',
    data: {
      sections: sections.length,
      steps: new Set(sections.flat().map(({ id }) => id)).size,
      resources: 1,
      digest: 'd1',
      findings: [{ code: 'quota', severity: 'warning', message: 'little room', remedy: 'Ask for more.' }],
    },
  },
  { type: 'PlanApproved', data: { digest: 'd1', by: 'ann' } },
  { type: 'PlanStarted', data: { by: 'ann' } },
];
