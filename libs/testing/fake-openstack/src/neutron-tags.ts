import type { Call, Json, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { badAttribute, badForm } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import { owned, visible } from './neutron-resource.ts';
import type { Standard } from './neutron-rows.ts';
import { touch } from './neutron-rows.ts';

/** The routes of a kind's tags: all together, and one by one. A change counts as a revision of the resource. */
export function tagRoutesOf<Row extends Standard>(kind: Kind<Row>): Route[] {
  const path = `/v2.0/${kind.path}/:id/tags`;
  return [
    { method: 'GET', path, handle: (call) => ({ status: 200, body: { tags: [...tagged(call, kind).tags].sort() } }) },
    { method: 'PUT', path, handle: (call) => replace(call, kind) },
    { method: 'POST', path, handle: (call) => addAll(call, kind) },
    { method: 'DELETE', path, handle: (call) => change(call, kind, () => []) },
    { method: 'GET', path: `${path}/:tag`, handle: (call) => check(call, kind) },
    { method: 'PUT', path: `${path}/:tag`, handle: (call) => add(call, kind) },
    { method: 'DELETE', path: `${path}/:tag`, handle: (call) => remove(call, kind) },
  ];
}

function missing(call: Call, path: string): Refusal {
  return new Refusal(404, `Resource ${path} ${call.params.id ?? ''} could not be found.`, 'TagResourceNotFound');
}

function tagged<Row extends Standard>(call: Call, kind: Kind<Row>): Row {
  if (!kind.rows(call.cloud).has(call.params.id ?? '')) throw missing(call, kind.path);
  return visible(call, kind, call.params.id ?? '');
}

function change<Row extends Standard>(call: Call, kind: Kind<Row>, next: (tags: string[]) => string[]): Reply {
  if (!kind.rows(call.cloud).has(call.params.id ?? '')) throw missing(call, kind.path);
  const row = owned(call, kind, 'update', call.params.id ?? '');
  row.tags = [...new Set(next(row.tags))];
  touch(call.cloud, row);
  return { status: 204 };
}

function tagsAsked(call: Call): string[] {
  const tags: Json | undefined = isObject(call.body) ? call.body.tags : undefined;
  if (!Array.isArray(tags)) throw badForm('Invalid tags body');
  for (const tag of tags)
    if (typeof tag !== 'string') throw badAttribute('tags', `'${String(tag)}' is not a valid string.`);
  return tags.map(String);
}

function replace<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  const tags = tagsAsked(call);
  change(call, kind, () => tags);
  return { status: 200, body: { tags } };
}

/** Adding many at once is new in Epoxy (`tag-creation`). */
function addAll<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  if (call.cloud.options.release === 'zed') throw new Refusal(404, 'The resource could not be found.', 'HTTPNotFound');
  const tags = tagsAsked(call);
  change(call, kind, (current) => [...current, ...tags]);
  return { status: 201, body: null };
}

function check<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  refuseMissing(call, tagged(call, kind));
  return { status: 204 };
}

function refuseMissing(call: Call, row: Standard): void {
  const tag = call.params.tag ?? '';
  if (!row.tags.includes(tag)) throw new Refusal(404, `Tag ${tag} could not be found.`, 'TagNotFound');
}

function add<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  change(call, kind, (tags) => [...tags, call.params.tag ?? '']);
  return { status: 201, body: null };
}

function remove<Row extends Standard>(call: Call, kind: Kind<Row>): Reply {
  refuseMissing(call, tagged(call, kind));
  return change(call, kind, (tags) => tags.filter((tag) => tag !== call.params.tag));
}
