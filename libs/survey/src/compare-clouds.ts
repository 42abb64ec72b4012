import type { CloudReport, DoctorFinding, InventoryCount, UncoveredReport } from '@osm/contracts';
import type { ServiceName } from '@osm/resource';
import { aboutCloud } from './about-cloud.ts';
import { aboutRoom } from './about-room.ts';

/** What was seen of both clouds, before anything is written. */
export interface Seen {
  readonly source: CloudReport;
  readonly destination: CloudReport;
  /** Of the newest scan of the source; none: it was never scanned. */
  readonly inventory: readonly InventoryCount[];
  /** Absent: it could not be asked for. */
  readonly uncovered: UncoveredReport | undefined;
  readonly multitenant: boolean;
  /** The resource types of this build. */
  readonly types: readonly TypeNeeds[];
}

/** What a resource type asks of a cloud. */
export interface TypeNeeds {
  readonly type: string;
  readonly service: ServiceName;
  /** The microversion with which it is written, where it needs one. */
  readonly write: string | undefined;
}

/** What a migration would hit: the worst first. */
export const compareClouds = (seen: Seen): readonly DoctorFinding[] => {
  const { source, destination, multitenant } = seen;
  const each = [source, destination].flatMap((report) => aboutCloud(report, multitenant));
  const both = source.reachable && destination.reachable ? [...aboutPair(seen), ...aboutRoom(seen)] : [];
  const rank = { error: 0, warning: 1, note: 2, ok: 3 };
  return [...each, ...both, ...aboutUncovered(seen)].toSorted((a, b) => rank[a.severity] - rank[b.severity]);
};

const aboutPair = ({ source, destination, inventory, types }: Seen): readonly DoctorFinding[] => {
  const findings: DoctorFinding[] = [];
  const of = (report: CloudReport, service: string) => report.services.find((each) => each.service === service);
  const present = new Set(inventory.filter((row) => row.present > 0).map((row) => row.resource_type));
  for (const type of new Set(source.services.flatMap(({ service }) => service ?? []))) {
    if (of(destination, type) !== undefined) continue;
    const hit = types.filter((each) => each.service === type && present.has(each.type)).map((each) => each.type);
    findings.push({
      severity: hit.length > 0 ? 'error' : 'warning',
      code: 'missing-service',
      cloud: destination.cloud,
      what: `${destination.cloud} has no service ${type}`,
      why: hit.length > 0 ? `the source has ${hit.join(', ')}` : 'the source has the service',
      remedy: `Have ${type} installed at ${destination.cloud}, or leave out what needs it.`,
    });
  }
  for (const { type, service, write } of types) {
    const offered = of(destination, service)?.newest_microversion ?? undefined;
    if (write === undefined || offered === undefined || !isOlder(offered, write)) continue;
    findings.push({
      severity: present.has(type) ? 'error' : 'warning',
      code: 'microversion-too-old',
      cloud: destination.cloud,
      what: `the ${service} service of ${destination.cloud} offers microversion ${offered} at most`,
      why: `a ${type} is written with ${write}`,
      remedy: `Use a newer release of ${destination.cloud}, or leave out every ${type}.`,
    });
  }
  const missing = source.extensions.filter((alias) => !destination.extensions.includes(alias));
  if (destination.extensions.length > 0 && missing.length > 0) {
    findings.push({
      severity: 'warning',
      code: 'missing-extension',
      cloud: destination.cloud,
      what: `the networking service of ${destination.cloud} lacks ${missing.join(', ')}`,
      why: 'what these make possible at the source arrives without it, or is refused',
      remedy: `Have the extensions enabled at ${destination.cloud}, or read the findings of the plan.`,
    });
  }
  return findings;
};

const isOlder = (offered: string, wanted: string): boolean => {
  const [major = 0, minor = 0] = offered.split('.').map(Number);
  const [least = 0, atLeast = 0] = wanted.split('.').map(Number);
  return major < least || (major === least && minor < atLeast);
};

const aboutUncovered = ({ source, uncovered }: Seen): readonly DoctorFinding[] => {
  if (uncovered === undefined) return [];
  const remedy = 'Carry it over by hand, or agree with its owners to leave it behind.';
  const kinds = uncovered.kinds.flatMap(({ kind, service, count, why }): DoctorFinding[] => {
    if (count === 0) return [];
    const what =
      count === null ? `${kind} of ${source.cloud} cannot be counted` : `${source.cloud} has ${kind}: ${count}`;
    const because = count === null ? (why ?? '') : `this version does not migrate them (${service})`;
    const severity = count === null ? 'note' : 'warning';
    return [{ severity, code: 'uncovered', cloud: source.cloud, what, why: because, remedy }];
  });
  const services = uncovered.services.map((type): DoctorFinding => ({
    ...{ severity: 'note', code: 'uncovered-service', cloud: source.cloud },
    what: `${source.cloud} has the service ${type}`,
    why: 'this version migrates nothing of it, and cannot tell what it holds',
    remedy,
  }));
  return [...kinds, ...services];
};
