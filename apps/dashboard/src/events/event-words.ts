import type { Event } from '@osm/api-client';

type Data = Event['data'];

/** What an event tells, in one line for people. Of a type that nobody knows here, its type and no more. */
export const eventWords = ({ type, data }: Pick<Event, 'type' | 'data'>): string => {
  const told = (words[type] ?? (() => type))(data);
  const reason = text(data['reason']);
  return reason === '' || saysItsReason.has(type) ? told : `${told}: ${reason}`;
};

/** Types whose words have the reason in them. */
const saysItsReason: ReadonlySet<string> = new Set(['StepUnneeded', 'TwinDiscarded', 'StepAbandoned']);

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const short = (value: unknown): string => text(value).slice(0, 8);

const count = (value: unknown, one: string, many = `${one}s`): string =>
  `${text(value)} ${text(value) === '1' ? one : many}`;

/** Words with the message of the failure, where there is one. */
const because = (told: string, { failure }: Data): string => {
  const message = typeof failure === 'object' && failure !== null && 'message' in failure ? text(failure.message) : '';
  return message === '' ? told : `${told}: ${message}`;
};

const again = ({ attempt }: Data): string => (Number(attempt) > 1 ? `, attempt ${text(attempt)}` : '');

const length = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const settled = ({ succeeded, failed, skipped }: Data): string =>
  `${text(succeeded)} succeeded, ${text(failed)} failed, ${text(skipped)} skipped`;

const words: Readonly<Record<string, (data: Data) => string>> = {
  ScanRequested: ({ cloud }) => `A scan of ${text(cloud)} was asked for`,
  ScanTypeFinished: (data) =>
    because(
      `${text(data['type'])} ${text(data['outcome'])}, ${text(data['seen'])} seen, ${text(data['changed'])} changed`,
      data,
    ),
  ScanCompleted: ({ seen, changed, vanished }) =>
    `The scan is complete: ${text(seen)} seen, ${text(changed)} changed, ${text(vanished)} gone`,
  ResourceObserved: ({ name }) =>
    text(name) === '' ? 'Seen, or seen changed' : `Seen, or seen changed: ${text(name)}`,
  ResourceVanished: () => 'No longer there',

  PlanRequested: ({ intent, roots }) =>
    `A plan to ${text(intent).replace('-', ' ')} ${count(length(roots), 'resource')} was asked for`,
  PlanSurveyed: () => 'Both clouds were asked what they can do',
  PlanSectionDrafted: ({ steps }) => `Drafted ${count(length(steps), 'step')}`,
  PlanDrafted: ({ steps, resources }) => `Drafted: ${count(steps, 'step')} for ${count(resources, 'resource')}`,
  PlanRejected: ({ findings }) => `Rejected, with ${count(length(findings), 'finding')}`,
  PlanApproved: ({ digest }) => `Approved, as ${short(digest)}`,
  PlanSeconded: ({ digest }) => `Agreed to by a second person, as ${short(digest)}`,
  PlanStarted: () => 'Started',
  PlanPaused: () => 'Paused',
  PlanResumed: () => 'Goes on',
  PlanCancelling: () => 'Is being cancelled',
  PlanCancelled: () => 'Cancelled',
  PlanCompleted: (data) => `Completed: ${settled(data)}`,
  StepDispatched: (data) => `${text(data['stepId'])} may begin${again(data)}`,
  StepSettled: (data) => because(`${text(data['stepId'])} ${text(data['outcome'])}`, data),
  StepRetryRequested: ({ stepId }) => `${text(stepId)} is to be tried again`,
  StepSkipRequested: ({ stepId }) => `${text(stepId)} is done without`,

  StepStarted: (data) => `${text(data['step'])} begins${again(data)}`,
  TwinAbsent: () => 'There is no twin yet: it is asked for',
  TwinIdentified: ({ destinationId, how }) => `The twin is ${text(destinationId)}, ${text(how)}`,
  TwinDiscarded: ({ destinationId, reason }) => `The twin ${text(destinationId)} was deleted again: ${text(reason)}`,
  StepSucceeded: ({ step }) => `${text(step)} is done`,
  StepFailed: (data) => because(`${text(data['step'])} failed${again(data)}`, data),
  StepUnneeded: ({ step, reason }) => `${text(step)} has nothing to do: ${text(reason)}`,
  StepAbandoned: ({ step, reason }) => `${text(step)} was given up: ${text(reason)}`,
  TwinVerified: ({ equal, others }) =>
    `Compared with its original: ${length(equal)} equal, ${count(length(others), 'other')}`,
  ResourceMigrated: ({ how }) => `All steps are done, the twin is ${text(how)}`,
  RollBackBegun: () => 'The twin is about to be deleted again',
  TwinRolledBack: () => 'The twin was deleted again',
  SourceRemoved: () => 'The original was removed',
  ExternalTwinRegistered: ({ destinationId }) => `A person says that the twin is ${text(destinationId)}`,
  MappingImported: ({ status }) => `Taken over from the Python tool as ${text(status)}`,
  TwinRecovered: ({ destinationId, proof }) => `The twin ${text(destinationId)} was found again, by its ${text(proof)}`,
  AuxiliaryCollected: ({ kind, id, cloud }) => `The temporary ${text(kind)} ${text(id)} in ${text(cloud)} was deleted`,
  MigrationForgotten: ({ hard }) => (hard === true ? 'Forgotten for good' : 'Set aside'),
  MigrationRecalled: () => 'Counts again',

  LimitsChanged: ({ bandwidth, transfers }) => `Bandwidth ${text(bandwidth)}, transfers ${text(transfers)}`,
  TokenCreated: ({ name, scopes }) =>
    `${text(name)} was given a token: ${Array.isArray(scopes) ? scopes.map(text).join(', ') : ''}`,
  TokenRevoked: ({ tokenId }) => `The token ${short(tokenId)} counts no more`,
};

/** All types of events that the page has words for, by name. */
export const knownEventTypes: readonly string[] = Object.keys(words).toSorted();

/** The person who caused it; undefined: it followed from something else. */
export const personOf = ({ actor, data }: Pick<Event, 'actor' | 'data'>): string | undefined => {
  const by = text(data['by']);
  return actor ?? (by === '' ? undefined : by);
};

/** Who caused it; of what no person did, the program that wrote it. */
export const whoDid = (event: Pick<Event, 'actor' | 'data' | 'producer'>): string => personOf(event) ?? event.producer;

/** Whether it went wrong, or took something away: an eye that runs over the list is to stop there. */
export const eventTone = ({ type, data }: Pick<Event, 'type' | 'data'>): 'bad' | 'warn' | 'good' | 'idle' => {
  if (/Failed$|^PlanRejected$/.test(type) || data['outcome'] === 'failed') return 'bad';
  if (/Removed$|Discarded$|RolledBack$|Revoked$|Forgotten$|Cancel|Abandoned$|Skip|Vanished$/.test(type)) return 'warn';
  return /^(PlanCompleted|ResourceMigrated|StepSucceeded|TwinVerified|ScanCompleted)$/.test(type) ? 'good' : 'idle';
};
