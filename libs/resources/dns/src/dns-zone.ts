import { Failure } from '@osm/kernel';
import { defineResource, impossible, lost, madeByTheCloud, mapped, pick, type Left } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { fillZone } from './fill-zone.ts';
import { sameRecordsets } from './recordset-comparison.ts';
import { zoneContents } from './zone-contents.ts';
import { ZoneSource, type ZoneAttributes } from './zone-source.ts';

/** Whose zones those are that Designate makes itself, for the reverse names of floating IPs. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** A Designate zone, with its sets of records. */
export const dnsZone = defineResource({
  type: 'dns-zone',
  summary: 'A part of the names of the world, and what each of them stands for.',
  // Without this header even an administrator sees the zones of the token's project only, and with it all of them: no
  // filter by project goes with it, so a batch is chosen by what was recorded.
  api: {
    service: 'dns',
    path: '/zones',
    one: null,
    many: 'zones',
    everything: { limit: '1000' },
    update: 'PATCH',
    allTenantsHeaders: { 'X-Auth-All-Projects': 'true' },
  },
  source: ZoneSource,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    // Below a zone that is there, and has its delegations: later they are refused as records of the zone below.
    parent: { of: 'self', id: (s) => s.parent_zone?.id, parent: true },
  },

  filters: ['project_id', 'name', 'type', 'email', 'status'],
  eligible: (s) => s.project_id !== nobody && s.type !== 'CATALOG',
  enrich: zoneContents,
  volatile: ['status', 'action', 'serial', 'version', 'updated_at', 'transferred_at'],
  actsInProject: true,

  create: (s) => {
    refuseForeignParent(s);
    return isSecondary(s)
      ? { ...pick(s, 'name', 'type', 'masters', 'description'), ...attributesOf(s) }
      : { ...pick(s, 'name', 'type', 'email', 'description'), ...ttlOf(s), ...attributesOf(s) };
  },

  adopt: {
    unique: (s, to) => ({
      query: { name: s.name },
      match: { name: s.name, ...ownedBy(to) },
    }),
    differs: (s, candidate) => {
      if (candidate['action'] === 'DELETE') return 'it is being deleted';
      if (candidate['type'] === s.type) return undefined;
      return `it is a ${String(candidate['type'])} zone, the source's a ${s.type} one, and that cannot be changed`;
    },
    marker: 'description',
  },

  ready: ({ status, action }) => {
    if (status === 'ACTIVE') return 'ready';
    return status === 'ERROR' ? { failed: `status ERROR (${String(action)})` } : 'pending';
  },

  steps: ['create', fillZone],
  expect: (s, to) => ({ recordsets: s.recordsets, ...ownedBy(to) }),
  same: { recordsets: sameRecordsets },

  dropWhen: (s) => whenSecondary(s),
  drop: {
    ...madeByTheCloud,
    parent_zone: mapped('it follows from the names of the zones that the destination has'),
    action: impossible('what the service is doing at the moment'),
    version: impossible('how often the row was changed'),
    serial: impossible('each cloud counts its own changes; the new one begins with the time of its making'),
    pool_id: impossible('the pool of name servers that the destination has chosen'),
    transferred_at: impossible('the time of the last transfer from the masters'),
    links: impossible('where each cloud has it'),
    shared: lost('projects that a zone is shared with are not migrated yet'),
  },
});

/** Projects see zones that are shared with them beside their own. */
const ownedBy = ({ project: owner }: { readonly project: string | null | undefined }): { project_id?: string } =>
  owner == null ? {} : { project_id: owner };

const isSecondary = (s: ZoneAttributes): boolean => s.type === 'SECONDARY';

/** A zone always has one; none is the default of the service. */
const ttlOf = ({ ttl }: ZoneAttributes): { ttl?: number } => (ttl == null ? {} : { ttl });

/** Attributes choose a pool, but a pool's id means nothing elsewhere. */
const attributesOf = (s: ZoneAttributes): { attributes?: { readonly [name: string]: string } } => {
  if (s.attributes === undefined) return {};
  const { pool_id: _pool, ...attributes } = s.attributes;
  return { attributes };
};

const whenSecondary = (s: ZoneAttributes): { readonly [attribute: string]: Left } =>
  isSecondary(s)
    ? {
        email: impossible("a secondary zone shows the cloud's own address; its masters have the owner's"),
        ttl: impossible('it comes from the masters'),
        recordsets: mapped('they come from the masters'),
      }
    : { masters: impossible('a primary zone has none') };

const refuseForeignParent = ({ id, name, project_id, parent_zone }: ZoneAttributes): void => {
  if (parent_zone === null || parent_zone.project_id === project_id) return;
  const parent = `${parent_zone.name} (${parent_zone.id})`;
  throw new Failure(
    'foreign-parent',
    `cannot create a twin of dns-zone ${id} (${name}): its parent zone ${parent} belongs to another project, ` +
      `${parent_zone.project_id}, and Designate makes no zone below another project's`,
    {
      remedy:
        "Make it at the destination in the parent's project, hand it over with a zone transfer request, and name it: " +
        `openstack-migrate register-external --resource-type dns-zone ${id} <id at the destination>.`,
    },
  );
};
