/** PUT of the manifest of a static large object: every segment is looked at, and the manifest kept with what was found. */
import { createHash } from 'node:crypto';
import type { Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { blocksOf, payloadOf } from './glance-payload.ts';
import { problemsBody } from './swift-bulk.ts';
import { contentOf, rangeOfSegment, segmentObject } from './swift-content.ts';
import { checkPut, created, deleteAt, keptOf, receive, storeObject, typeOf } from './swift-object-put.ts';
import { checkQuota } from './swift-quotas.ts';
import type { SwiftCall } from './swift-request.ts';
import { containerOf, quoted } from './swift-request.ts';
import type { NamedSegment, Segment } from './swift-rows.ts';
import { manifestText } from './swift-slo.ts';
import type { Asked } from './swift-slo-manifest.ts';
import { parsedManifest } from './swift-slo-manifest.ts';

const MOST_SEGMENTS = 1000;

/** PUT with `?multipart-manifest=put`. */
export async function putManifest(request: SwiftCall): Promise<Reply> {
  const container = containerOf(request);
  const body = await receive(request.call);
  checkQuota(container, body.payload.size);
  const asked = parsedManifest(Buffer.concat([...blocksOf(body.payload)]).toString('utf8'), request);
  if (asked.filter((one) => 'path' in one).length > MOST_SEGMENTS) {
    throw new Refusal(413, `Number of object-backed segments must be <= ${MOST_SEGMENTS}`, 'plain');
  }
  const problems: [string, string][] = [];
  const segments = asked.map((one, index) => segmentOf(request, one, index === asked.length - 1, problems));
  const found = segments.filter((segment) => segment !== undefined);
  if (problems.length > 0) return refused(request, problems);
  const made = sloOf(found);
  const wanted = request.headers.etag?.replaceAll('"', '') ?? '';
  if (wanted !== '' && wanted !== made.slo.etag) throw new Refusal(422, '');
  checkPut(request);
  const { headers, cloud } = request;
  const kept = { ...keptOf(headers), ...deleteAt(cloud, headers) };
  return created(storeObject(request, { ...made, contentType: typeOf(request), headers: kept }));
}

/** What a static large object is made of, given its segments. */
export function sloOf(segments: readonly Segment[]) {
  const text = Buffer.from(manifestText(segments));
  const etag = createHash('md5').update(segments.map(hashOf).join('')).digest('hex');
  const size = segments.reduce((sum, segment) => sum + sizeOf(segment), 0);
  return {
    payload: payloadOf(text),
    etag: createHash('md5').update(text).digest('hex'),
    slo: { etag, size, segments },
  };
}

function hashOf(segment: Segment): string {
  if ('data' in segment) return createHash('md5').update(Buffer.from(segment.data, 'base64')).digest('hex');
  return segment.range === undefined ? segment.hash : `${segment.hash}:${segment.range};`;
}

function sizeOf(segment: Segment): number {
  if ('data' in segment) return Buffer.from(segment.data, 'base64').byteLength;
  const [start, end] = rangeOfSegment(segment.range, segment.bytes);
  return end - start;
}

/** A segment as the manifest keeps it; what is wrong with it is added to `problems`. */
function segmentOf(
  { cloud, account }: SwiftCall,
  asked: Asked,
  last: boolean,
  problems: [string, string][],
): Segment | undefined {
  if ('data' in asked) return asked;
  const wrong = (what: string): void => void problems.push([quoted(asked.path), what]);
  const object = segmentObject(cloud, account, asked.path);
  if (object === undefined) {
    wrong('404 Not Found');
    return undefined;
  }
  const content = contentOf(cloud, object);
  const [start, end] = rangeOfSegment(asked.range, content.size);
  const whole = start === 0 && end === content.size;
  if (asked.range !== undefined && start >= content.size) wrong('Unsatisfiable Range');
  else if (end - start < 1 && !last) wrong('Too small; each segment must be at least 1 byte.');
  if (asked.size_bytes !== undefined && asked.size_bytes !== content.size) wrong('Size Mismatch');
  const hash = content.etag.replaceAll('"', '');
  if (asked.etag !== undefined && asked.etag !== hash) wrong('Etag Mismatch');
  const segment: NamedSegment = {
    ...{ name: `/${asked.path.replace(/^\/+/, '')}`, bytes: content.size, hash, content_type: content.contentType },
    last_modified: `${new Date(Math.ceil(object.changedAt / 100_000) * 1000).toISOString().slice(0, 19)}.000000`,
    ...(asked.range === undefined || whole ? {} : { range: `${start}-${end - 1}` }),
    ...(object.slo === undefined ? {} : { sub_slo: true }),
  };
  return segment;
}

function refused({ headers }: SwiftCall, problems: readonly [string, string][]): Reply {
  const json = (headers.accept ?? '').startsWith('application/json');
  const type = json ? 'application/json' : 'text/plain';
  return { status: 400, text: problemsBody(json, {}, problems), headers: { 'Content-Type': type } };
}
