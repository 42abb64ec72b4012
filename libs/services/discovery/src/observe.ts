import type { Observation } from '@osm/domain';
import { digest, type JsonObject } from '@osm/kernel';
import { PolicySchema, type Relation, type Resource } from '@osm/resource';

/** Attributes that change by themselves: they are recorded, but a change of theirs is no change of the resource. */
const volatile = ['updated_at', 'revision_number', 'status', 'links'];

/** Relations are recorded as an administrator sees them: what policy leaves out is left out by the plan. */
const everything = PolicySchema.parse({ multitenant_mode: true, preserve_volume_type: true });

/** What a scan states about one resource. Raises `unreadable-resource`. Pure. */
export const observe = (handler: Resource, item: JsonObject, scanId: string): Observation => {
  handler.check(item);
  const attributes = withoutSecrets(handler, item);
  const ignored = [...volatile, ...handler.volatile];
  const lasting = Object.fromEntries(Object.entries(attributes).filter(([name]) => !ignored.includes(name)));
  const needs = handler.needs(item, everything);
  return {
    scanId,
    name: handler.name(item),
    projectId: handler.projectId(item),
    attributes,
    fingerprint: digest(lasting),
    needs: needs.map(told),
    parents: needs.filter(({ parent }) => parent).map(({ ref }) => ref),
    links: handler.links(item).map(told),
    unknown: handler.open ? [] : Object.keys(item).filter((name) => isUnknown(handler, name)),
  };
};

const told = ({ name, ref, owner }: Relation) => (owner ? { name, ref, owner } : { name, ref });

const isUnknown = (handler: Resource, name: string): boolean =>
  !handler.declared.includes(name) && !(name in handler.drop);

/** Secrets are recorded as digests: equal ones can be told from changed ones, and nothing can be read back. */
const withoutSecrets = (handler: Resource, item: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) =>
      handler.secret.includes(name) ? [name, { digest: digest(value) }] : [name, value],
    ),
  ) as JsonObject;
