import { takesAway } from '@osm/contracts';
import { hasTwin } from '@osm/domain';
import { forAllTenants, readOne, type Cloud, type Context } from '@osm/resource';
import type { JsonObject } from '@osm/kernel';
import type { Assignment } from './assignment.ts';
import type { Record } from './record.ts';
import { asObserved } from './source-now.ts';
import type { Workshop } from './workshop.ts';

/** One attempt's tools: the clouds are opened when they are needed. */
export interface Bench {
  readonly workshop: Workshop;
  readonly assignment: Assignment;
  readonly record: Record;
  readonly source: Cloud;
  /** The destination, with a token of the owner's project where the type wants one. */
  readonly destination: Cloud;
  readonly context: Context;
  /** The source as recorded, its secrets read again. */
  readonly attributes: JsonObject;
  readonly signal: AbortSignal;
}

/** Opens the clouds, each with the token that the step wants. */
export const setUp = async (
  workshop: Workshop,
  assignment: Assignment,
  record: Record,
  signal: AbortSignal,
): Promise<Bench> => {
  const { route, handler, plan } = assignment;
  const [source, destination] = await Promise.all([
    workshop.openCloud(route.source),
    workshop.openCloud(route.destination),
  ]);
  const extensions = handler.api.service === 'network' ? await destination.extensions() : new Set<string>();
  const reader = asReader(assignment, source);
  return {
    workshop,
    assignment,
    record,
    source: reader,
    destination: asMaker(assignment, destination),
    context: { policy: plan.policy, outputs: record.outputs(), extensions },
    attributes: await withSecrets(assignment, record, reader, signal),
    signal,
  };
};

/** Some services take the owner from the token alone: they need a token of the owner's project at the destination. */
const asMaker = ({ handler, plan, attributes, twinOf, step }: Assignment, cloud: Cloud): Cloud => {
  if (!plan.policy.multitenant_mode) return cloud;
  // To take away the credential's own project will do.
  const acts = handler.actsInProject && (!takesAway(step) || handler.readsInProject);
  const projectId = acts ? handler.projectId(attributes) : null;
  const twin = projectId === null ? undefined : twinOf({ type: 'project', id: projectId });
  return twin === undefined ? forAllTenants(cloud, handler) : cloud.inProject(twin);
};

/** Some show what is in a resource to members of its project only. */
const asReader = ({ handler, plan, attributes }: Assignment, cloud: Cloud): Cloud => {
  if (!plan.policy.multitenant_mode) return cloud;
  const projectId = handler.readsInProject ? handler.projectId(attributes) : null;
  return projectId === null ? forAllTenants(cloud, handler) : cloud.inProject(projectId);
};

/** The source as recorded, its secrets read again; before a twin is made it must still be so. */
const withSecrets = async (
  assignment: Assignment,
  { state }: Record,
  source: Cloud,
  signal: AbortSignal,
): Promise<JsonObject> => {
  const { handler, ref, attributes, step } = assignment;
  const makes = step.step === 'create' && !hasTwin(state) && (state.destinationId === undefined || state.forgotten);
  // An original that is being removed may be gone already.
  if (!makes && (handler.secret.length === 0 || takesAway(step))) return attributes;
  const now = makes ? await asObserved(assignment, source, signal) : await readOne(source, handler, ref.id, signal);
  const secrets = handler.secret.filter((name) => now[name] !== undefined).map((name) => [name, now[name]]);
  return { ...attributes, ...Object.fromEntries(secrets) };
};

/** Attributes that must be in no message. */
export const secretsOf = ({ assignment: { handler }, attributes }: Bench): JsonObject =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => handler.secret.includes(name)));

/** Seconds that the resource may take to become ready, or to go. */
export const timeout = ({ handler, attributes, plan }: Assignment): number => handler.patience(attributes, plan.policy);
