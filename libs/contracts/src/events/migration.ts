import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';
import { AttributeFidelityShape, FailureShape, HowShape, JsonRecord } from './shapes.ts';

/** Names one attempt at one step of one plan. */
const attemptShape = {
  planId: z.string(),
  stepId: z.string(),
  step: z.string(),
  attempt: z.number(),
};

/** Migration: one source resource on one route. It has at most one twin, across all plans. */
export const migrationEvents = [
  defineEvent(
    'StepStarted',
    1,
    'A worker is about to act: the intent, recorded before any effect.',
    z.object({ ...attemptShape, delivery: z.number(), worker: z.string() }),
  ),
  defineEvent(
    'TwinAbsent',
    1,
    'A look-up saw no twin; the create request follows. What is there afterwards, that request has made.',
    z.object(attemptShape),
  ),
  defineEvent(
    'TwinIdentified',
    1,
    'The twin exists at the destination; it may not be ready yet.',
    z.object({ ...attemptShape, destinationId: z.string(), how: HowShape }),
  ),
  defineEvent(
    'TwinDiscarded',
    1,
    'A twin of our own making turned out bad and was deleted again.',
    z.object({ ...attemptShape, destinationId: z.string(), reason: z.string() }),
  ),
  defineEvent(
    'StepSucceeded',
    1,
    'A step did its work; its outputs are what later steps of the resource need.',
    z.object({ ...attemptShape, outputs: JsonRecord }),
  ),
  defineEvent(
    'StepFailed',
    1,
    'A step could not do its work and will not be tried again by itself.',
    z.object({ ...attemptShape, failure: FailureShape }),
  ),
  defineEvent(
    'StepUnneeded',
    1,
    'There was nothing to do: the resource has its twin already.',
    z.object({ ...attemptShape, reason: z.string() }),
  ),
  defineEvent(
    'StepAbandoned',
    1,
    'A step of a cancelled plan was given up; whoever still runs it can record nothing more.',
    z.object({ ...attemptShape, by: z.string(), reason: z.string() }),
  ),
  defineEvent(
    'TwinVerified',
    1,
    'The twin was read back and compared with its source, attribute by attribute.',
    z.object({
      planId: z.string(),
      destinationId: z.string(),
      /** Names of the equal ones; all others with their verdict. */
      equal: z.array(z.string()),
      others: z.array(AttributeFidelityShape),
    }),
  ),
  defineEvent(
    'ResourceMigrated',
    1,
    'All steps of a plan for this resource are done.',
    z.object({ planId: z.string(), destinationId: z.string(), how: HowShape }),
  ),
  defineEvent(
    'RollBackBegun',
    1,
    'The twin is as it was verified, and is about to be deleted again: from now on the resource counts as not migrated.',
    z.object({ ...attemptShape, destinationId: z.string() }),
  ),
  defineEvent(
    'TwinRolledBack',
    1,
    'The twin was deleted again because a person rolls back what a plan has made; the resource counts as not migrated.',
    z.object({ planId: z.string(), destinationId: z.string() }),
  ),
  defineEvent('SourceRemoved', 1, 'The source resource no longer exists.', z.object({ planId: z.string() })),
  defineEvent(
    'ExternalTwinRegistered',
    1,
    'A person says which destination resource is the twin.',
    z.object({ destinationId: z.string(), by: z.string(), reason: z.string() }),
  ),
  defineEvent(
    'MappingImported',
    1,
    'A record of the Python tool was taken over.',
    z.object({
      destinationId: z.string().nullable(),
      status: z.string(),
      external: z.boolean(),
      sourceRemoved: z.boolean(),
      error: z.string().nullable(),
      createdAt: z.string(),
      from: z.string(),
    }),
  ),
  defineEvent(
    'TwinRecovered',
    1,
    'A twin that an older log knew was proven from both clouds; one that is not complete the next plan goes on with.',
    z.object({
      destinationId: z.string(),
      /** Only what it carries of ours (`marker`, `assigned-id`) says that we have made it. */
      proof: z.enum(['marker', 'assigned-id', 'same-id', 'natural-key', 'equal']),
      complete: z.boolean(),
      /** How many twins had been given up before it, as its marker tells. */
      discarded: z.number(),
      by: z.string(),
    }),
  ),
  defineEvent(
    'AuxiliaryCollected',
    1,
    'Something temporary that a plan which has ended had left was deleted, because a person had it collected.',
    z.object({
      cloud: z.string(),
      /** Image, volume, snapshot, port, share-access-rule, tag or loan. */
      kind: z.string(),
      id: z.string(),
      marker: z.string(),
      step: z.string(),
      plans: z.array(z.string()),
      by: z.string(),
    }),
  ),
  defineEvent(
    'MigrationForgotten',
    1,
    'The record is set aside; the next plan treats the resource as new.',
    z.object({ by: z.string(), reason: z.string(), hard: z.boolean() }),
  ),
  defineEvent(
    'MigrationRecalled',
    1,
    'A forgotten record counts again.',
    z.object({ by: z.string(), reason: z.string().optional() }),
  ),
] as const;

export type MigrationEvent = EventOf<(typeof migrationEvents)[number]>;
