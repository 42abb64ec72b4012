import { decodeEvent, migrationsOf } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import { Failure, type Route } from '@osm/kernel';
import { forAllTenants, listAll, type Cloud, type Relation, type Resource } from '@osm/resource';
import type { DraftedPlan } from './assignment.ts';
import type { Bench } from './bench.ts';

/** As many are named as tell a person where to look. */
const most = 3;

/**
 * What the plan has made in the twin is gone by now, and what clouds make themselves goes with it: whatever else is in it
 * somebody has put there since, and Keystone and Neutron would delete it too. Raises `still-contains`.
 */
export const mustContainNothing = async (bench: Bench, destinationId: string): Promise<void> => {
  const { workshop, assignment } = bench;
  const { type, id } = assignment.ref;
  const found: string[] = [];
  for (const member of workshop.handlers.values()) {
    if (found.length >= most || !member.parentTypes.includes(type)) continue;
    for await (const one of membersIn(bench, member, destinationId)) {
      // Keystone makes nothing by itself.
      if (member.api.service !== 'identity' && (await reusedOf(bench)).has(one)) continue;
      found.push(`${member.type} ${one}`);
      if (found.length >= most) break;
    }
  }
  if (found.length === 0) return;
  throw new Failure(
    'still-contains',
    `cannot roll back ${type} ${id}, whose twin is ${destinationId}: there is something else in it: ${found.join(', ')}`,
    { remedy: 'Roll back the plan that has made it, or remove it by hand if it must go; then retry.' },
  );
};

/** By roll-back: ids of twins that were there before us. What is such a one in a twin of ours came with it. */
const reused = new WeakMap<DraftedPlan, Promise<ReadonlySet<string>>>();

const reusedOf = ({ workshop: { log }, assignment: { plan } }: Bench): Promise<ReadonlySet<string>> => {
  const known = reused.get(plan);
  if (known !== undefined) return known;
  const reading = readReused(log, plan.request.route);
  reused.set(plan, reading);
  reading.catch(() => reused.delete(plan));
  return reading;
};

const readReused = async (log: EventLog, route: Route): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for await (const recorded of log.read({ filter: migrationsOf(route) })) {
    const event = decodeEvent(recorded);
    if (event.type === 'TwinIdentified' && event.data.how === 'reused') ids.add(event.data.destinationId);
  }
  return ids;
};

async function* membersIn(
  { workshop, assignment, signal }: Bench,
  member: Resource,
  destinationId: string,
): AsyncIterable<string> {
  const { route, ref, plan } = assignment;
  const cloud = await workshop.openCloud(route.destination);
  // What only members of a project may see is in other services' hands, and not deleted with it.
  if (member.readsInProject || !(await cloud.has(member.api.service))) return;
  const all: Cloud = plan.policy.multitenant_mode ? forAllTenants(cloud, member) : cloud;
  const scope = plan.policy.multitenant_mode ? 'all-tenants' : 'own-project';
  for await (const item of listAll(all, member, scope, signal)) {
    if (!member.eligible(item)) continue;
    const isIn = (relation: Relation): boolean =>
      (relation.parent || relation.goesWith) && relation.ref.type === ref.type && relation.ref.id === destinationId;
    if (member.needs(item, plan.policy).some((relation) => isIn(relation) && counts(member, relation)))
      yield member.id(item);
  }
}

/** A project's default security group and the like, of which each project has its own, are made by clouds for themselves. */
const counts = ({ adopts }: Resource, { owner }: Relation): boolean => !owner || adopts !== 'unique';
