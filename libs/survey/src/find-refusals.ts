import type { CloudRefusal } from '@osm/contracts';
import type { Cloud, Request, ServiceName } from '@osm/resource';
import { askOrRefuse, type Question } from './ask-or-refuse.ts';

/** What later steps ask for, as a harmless question. */
interface Trial extends Question {
  readonly request: Request;
}

const get = (path: string, query: Request['query'] = {}): Request => ({ method: 'GET', path, query });
const one = { limit: '1' };

const trials: readonly Trial[] = [
  { action: 'list the domains', service: 'identity', request: get('/domains') },
  { action: 'list the projects of all domains', service: 'identity', request: get('/projects', one) },
  { action: 'list the users of all domains', service: 'identity', request: get('/users', one) },
  { action: 'list the roles', service: 'identity', request: get('/roles') },
  { action: 'list who has which role', service: 'identity', request: get('/role_assignments') },
  {
    action: 'list the servers of all projects',
    service: 'compute',
    request: get('/servers', { all_tenants: '1', ...one }),
  },
  {
    action: 'list the zones of all projects',
    service: 'dns',
    request: { ...get('/zones', one), headers: { 'X-Auth-All-Projects': 'true' } },
  },
];

/**
 * What the cloud does not let us do of what a migration of all projects asks. Of services that answered at all: the others
 * stand among the services. Cinder, Manila, Octavia and Neutron refuse nobody, they show less: the role is all that tells.
 */
export const findRefusals = async (
  cloud: Cloud,
  answered: ReadonlySet<ServiceName>,
): Promise<readonly CloudRefusal[]> => {
  const refusals: CloudRefusal[] = [];
  for (const trial of trials.filter(({ service }) => answered.has(service))) {
    const asked = await askOrRefuse(cloud, trial, () => cloud.send(trial.service, trial.request));
    if ('refusal' in asked) refusals.push(asked.refusal);
  }
  return refusals;
};
