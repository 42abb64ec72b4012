/** Deleting many things with one request: lists of names, and a static large object with its segments. */
import type { JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { blocksOf } from './glance-payload.ts';
import { authorize } from './swift-auth.ts';
import { deleteContainer } from './swift-containers.ts';
import { segmentObject } from './swift-content.ts';
import { asPython } from './swift-listing.ts';
import { receive } from './swift-object-put.ts';
import { deleteObject } from './swift-objects.ts';
import type { SwiftCall } from './swift-request.ts';
import { decoded8, quoted } from './swift-request.ts';
import type { Segment } from './swift-rows.ts';

const REASONS: Readonly<Record<number, string>> = {
  ...{ 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict', 412: 'Precondition Failed' },
};

/** POST or DELETE with `?bulk-delete`: the names in the body, one on a line and encoded, objects before containers. */
export async function bulkDelete(request: SwiftCall): Promise<Reply> {
  const { payload } = await receive(request.call);
  const names = Buffer.concat([...blocksOf(payload)])
    .toString('latin1')
    .split('\n')
    .map((line) => decoded8(line.trim()))
    .filter((name) => name !== '');
  return deleted(request, names);
}

/** DELETE with `?multipart-manifest=delete`: the segments, those of segments too, and then the manifest. */
export function deleteManifest(request: SwiftCall): Reply {
  const { cloud, account, container = '', object = '' } = request;
  const own = `/${container}/${object}`;
  const manifest = segmentObject(cloud, account, own);
  if (manifest !== undefined && manifest.slo === undefined) {
    return answered(request, { errors: [[quoted(own), 'Not an SLO manifest']], deleted: 0, missing: 0 });
  }
  const inside = (segments: readonly Segment[]): string[] =>
    segments.flatMap((segment) => {
      if ('data' in segment) return [];
      const nested = segment.sub_slo === true ? segmentObject(cloud, account, segment.name)?.slo?.segments : undefined;
      return [...inside(nested ?? []), segment.name];
    });
  return deleted(request, [...inside(manifest?.slo?.segments ?? []), own]);
}

function deleted(request: SwiftCall, names: readonly string[]): Reply {
  const isObject = (name: string): boolean => name.replace(/^\/+|\/+$/g, '').includes('/');
  const outcome = { errors: [] as [string, string][], deleted: 0, missing: 0 };
  for (const name of [...names.filter(isObject), ...names.filter((one) => !isObject(one))]) {
    const status = deleteOne(request, name);
    if (status < 300) outcome.deleted += 1;
    else if (status === 404) outcome.missing += 1;
    else outcome.errors.push([quoted(name), `${status} ${REASONS[status] ?? ''}`]);
  }
  return answered(request, outcome);
}

function deleteOne(request: SwiftCall, name: string): number {
  const [container = '', ...rest] = name.replace(/^\/+/, '').split('/');
  const object = rest.join('/') === '' ? undefined : rest.join('/');
  const path = { account: request.account, container, object };
  const one = { ...request, ...path, method: 'DELETE', query: new URLSearchParams() };
  try {
    authorize(request.cloud, request.caller, 'DELETE', path, request.headers.referer);
    return (object === undefined ? deleteContainer(one) : deleteObject(one)).status;
  } catch (error) {
    if (error instanceof Refusal) return error.status;
    throw error;
  }
}

interface Outcome {
  readonly errors: readonly (readonly [string, string])[];
  readonly deleted: number;
  readonly missing: number;
}

/** Always 200: what happened stands in the body. */
function answered({ headers }: SwiftCall, { errors, deleted: count, missing }: Outcome): Reply {
  const json = (headers.accept ?? '').startsWith('application/json');
  const nothing = errors.length === 0 && count === 0 && missing === 0;
  const told = {
    'Number Deleted': count,
    'Number Not Found': missing,
    'Response Body': nothing ? 'Invalid bulk delete.' : '',
    'Response Status': errors.length > 0 || nothing ? '400 Bad Request' : '200 OK',
  };
  const type = json ? 'application/json' : 'text/plain';
  return { status: 200, text: problemsBody(json, told, errors), headers: { 'Content-Type': type } };
}

/** What went wrong with which name, in JSON or lines of text. */
export function problemsBody(
  json: boolean,
  told: JsonObject,
  problems: readonly (readonly [string, string])[],
): string {
  if (json) return asPython({ ...told, Errors: problems.map((problem) => [...problem]) });
  const lines = [...Object.entries(told).map(([key, value]) => `${key}: ${String(value)}`), 'Errors:'];
  return [...lines, ...problems.map(([name, what]) => `${name}, ${what}`), ''].join('\n');
}
