import type { CloudReport, CloudService } from '@osm/contracts';
import { failureRecord, isFailure, type Clock } from '@osm/kernel';
import type { Cloud, Identity, ServiceName } from '@osm/resource';
import { askOrRefuse } from './ask-or-refuse.ts';
import { catalogueOf, type CatalogueService } from './catalogue.ts';
import { clockAhead } from './clock-ahead.ts';
import { cheapCalls } from './cheap-calls.ts';
import { findRefusals } from './find-refusals.ts';
import { readQuotas } from './read-quotas.ts';

/** Looks at a cloud with GET requests alone. Whatever cannot be asked stands in the report; nothing is raised for it. */
export const lookAtCloud = async (cloud: Cloud, clock: Clock): Promise<CloudReport> => {
  const signedIn = await cloud.whoAmI().catch(failureOnly);
  if (!('userId' in signedIn)) return unreachable(cloud.name, failureRecord(signedIn));
  const catalogue = await catalogueOf(cloud).catch(failureOnly);
  if (!('services' in catalogue)) return unreachable(cloud.name, failureRecord(catalogue));
  const looked: Looked[] = [];
  for (const entry of catalogue.services) looked.push(await lookAtService(cloud, clock, entry));
  const answered = new Set(looked.flatMap(({ entry, row }) => (row.failure === null ? (entry.service ?? []) : [])));
  const aheads = looked.flatMap(({ ahead }) => ahead ?? []);
  const { quotas, refusals } = await readQuotas(cloud, signedIn, answered);
  const extensions = await extensionsOf(cloud, answered);
  return {
    ...whoIs(cloud.name, signedIn),
    clock_ahead_seconds: aheads.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? null,
    services: looked.map(({ row }) => row),
    extensions: 'value' in extensions ? extensions.value : [],
    quotas,
    refusals: [
      ...(await findRefusals(cloud, answered)),
      ...refusals,
      ...('refusal' in extensions ? [extensions.refusal] : []),
    ],
  };
};

const failureOnly = (error: unknown): Error => {
  if (isFailure(error)) return error;
  throw error;
};

const extensionsOf = async (cloud: Cloud, answered: ReadonlySet<ServiceName>) =>
  await askOrRefuse(cloud, { action: 'list the networking extensions', service: 'network' }, async () =>
    answered.has('network') ? [...(await cloud.extensions())].toSorted() : [],
  );

const whoIs = (cloud: string, { userId, projectId, roles }: Identity) => ({
  cloud,
  reachable: true,
  failure: null,
  user_id: userId,
  project_id: projectId ?? null,
  roles,
  is_admin: roles.includes('admin'),
});

const unreachable = (cloud: string, failure: CloudReport['failure']): CloudReport => ({
  ...{ cloud, reachable: false, failure, user_id: null, project_id: null, roles: [], is_admin: false },
  ...{ clock_ahead_seconds: null, services: [], extensions: [], quotas: [], refusals: [] },
});

interface Looked {
  readonly entry: CatalogueService;
  readonly row: CloudService;
  readonly ahead: number | undefined;
}

/** One cheap call; of a service that we have no use for, none. */
const lookAtService = async (cloud: Cloud, clock: Clock, entry: CatalogueService): Promise<Looked> => {
  const { type, service } = entry;
  const row = { type, service: service ?? null, host: entry.host ?? null };
  const none = { newest_microversion: null, latency_ms: null };
  if (service === undefined) return { entry, row: { ...row, ...none, failure: null }, ahead: undefined };
  try {
    const newest = (await cloud.microversion(service)) ?? null;
    const began = clock.now().getTime();
    const answer = await cloud.send(service, cheapCalls[service]);
    const ended = clock.now().getTime();
    const ahead = clockAhead(answer.headers['date'], began, ended);
    return { entry, row: { ...row, newest_microversion: newest, latency_ms: ended - began, failure: null }, ahead };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { entry, row: { ...row, ...none, failure: failureRecord(error) }, ahead: undefined };
  }
};
