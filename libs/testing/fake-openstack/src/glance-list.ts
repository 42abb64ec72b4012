import type { Call, Context, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Image } from './glance-image.ts';
import { images, imageView, isVisible } from './glance-image.ts';

/** Images of a page that names no limit (glance's limit_param_default). */
const DEFAULT_PAGE = 25;
/** Largest page (glance's api_limit_max). */
const LARGEST_PAGE = 1000;

const SORT_KEYS = ['name', 'status', 'container_format', 'disk_format', 'size', 'id', 'created_at', 'updated_at'];
const WITH_OPERATORS = ['name', 'id', 'status', 'container_format', 'disk_format'];
const NOT_FILTERS = [
  'limit',
  'marker',
  'member_status',
  'sort',
  'sort_key',
  'sort_dir',
  'tag',
  'visibility',
  'os_hidden',
];

/** GET /v2/images. */
export function listImages(call: Call): Reply {
  const memberStatus = memberStatusOf(call);
  const keep = filterOf(call);
  const found = [...images(call.cloud).values()]
    .filter((image) => isListed(image, call, memberStatus) && keep(image))
    .sort(orderOf(call));
  const rows = found.slice(startOf(call, found));
  const limit = Math.min(limitOf(call), call.cloud.maxPage(LARGEST_PAGE));
  const cut = rows.slice(0, limit);
  return { status: 200, body: listBody(call, cut, cut.length === limit) };
}

/** Where a page is full Glance names a next one, even when nothing follows. */
function listBody(call: Call, rows: readonly Image[], full: boolean): JsonObject {
  const query = new URLSearchParams(call.query);
  query.delete('marker');
  const first = query.size === 0 ? '/v2/images' : `/v2/images?${query.toString()}`;
  const body: JsonObject = { images: rows.map(imageView), first, schema: '/v2/schemas/images' };
  const last = rows.at(-1);
  if (!full || last === undefined) return body;
  query.set('marker', last.id);
  return { ...body, next: `/v2/images?${query.toString()}` };
}

/** What the default list shows: community images of others and hidden images only when asked for. */
function isListed(image: Image, call: Call, memberStatus: string): boolean {
  const { context, query } = call;
  const { visibility, owner, os_hidden } = image.attributes;
  if (os_hidden !== isHiddenAsked(call)) return false;
  const asked = query.get('visibility');
  if (asked !== null && asked !== 'all' && asked !== visibility) return false;
  if (asked === null && visibility === 'community' && owner !== (context.projectId ?? null)) return false;
  return context.isAdmin || isListable(image, context, memberStatus);
}

function isListable(image: Image, context: Context, memberStatus: string): boolean {
  const { visibility, owner } = image.attributes;
  if (visibility !== 'shared' || owner === context.projectId) return isVisible(image, context);
  const member = image.members.get(context.projectId ?? '');
  return member !== undefined && (memberStatus === 'all' || member.status === memberStatus);
}

function isHiddenAsked(call: Call): boolean {
  const hidden = (call.query.get('os_hidden') ?? 'false').toLowerCase();
  if (hidden === 'true' || hidden === 'false') return hidden === 'true';
  throw new Refusal(400, `Invalid value '${hidden}' for 'os_hidden' filter. Valid values are 'true' or 'false'.`);
}

function memberStatusOf(call: Call): string {
  const status = call.query.get('member_status') ?? 'accepted';
  if (['pending', 'accepted', 'rejected', 'all'].includes(status)) return status;
  throw new Refusal(400, `Invalid status: ${status}`);
}

type Keep = (image: Image) => boolean;

function filterOf(call: Call): Keep {
  const visibility = call.query.get('visibility');
  if (visibility !== null && !['community', 'public', 'private', 'shared', 'all'].includes(visibility)) {
    throw new Refusal(400, `Invalid visibility value: ${visibility}`);
  }
  if (call.query.has('changes-since')) {
    throw new Refusal(400, 'The "changes-since" filter is no longer available on v2.');
  }
  const tags = call.query.getAll('tag').map((tag) => tag.trim());
  const keeps = [...call.query].filter(([key]) => !NOT_FILTERS.includes(key)).map(([key, value]) => keepOf(key, value));
  return (image) => tags.every((tag) => image.tags.includes(tag)) && keeps.every((keep) => keep(image));
}

function keepOf(key: string, value: string): Keep {
  if (key === 'protected' && value !== 'true' && value !== 'false') {
    throw new Refusal(400, `Invalid value '${value}' for 'protected' filter. Valid values are 'true' or 'false'.`);
  }
  if (key.endsWith('_min') || key.endsWith('_max')) return rangeOf(key, value);
  if (key === 'created_at' || key === 'updated_at') return timeOf(key, value);
  if (WITH_OPERATORS.includes(key)) return operatorOf(key, value);
  return (image) => String(imageView(image)[key] ?? '') === value;
}

function rangeOf(key: string, value: string): Keep {
  if (!/^\s*[-+]?\d+\s*$/.test(value)) {
    throw new Refusal(400, 'Unable to filter on a range with a non-numeric value.');
  }
  const bound = Number(value);
  const attribute = key.slice(0, -'_min'.length);
  return (image) => {
    const actual = imageView(image)[attribute];
    if (typeof actual !== 'number') return false;
    return key.endsWith('_min') ? actual >= bound : actual <= bound;
  };
}

function timeOf(key: 'created_at' | 'updated_at', value: string): Keep {
  const [, operator = 'eq', time = ''] = /^(?:(eq|neq|gt|gte|lt|lte):)?(.*)$/.exec(value) ?? [];
  const threshold = Date.parse(time);
  if (Number.isNaN(threshold)) {
    throw new Refusal(400, `Bad "${key}" query filter format. Use ISO 8601 DateTime notation.`);
  }
  return (image) => compares(operator, secondsOf(image, key), Math.floor(threshold / 1000));
}

function secondsOf(image: Image, key: 'created_at' | 'updated_at'): number {
  return Math.floor((key === 'created_at' ? image.createdAt : image.updatedAt) / 1000);
}

function compares(operator: string, actual: number, threshold: number): boolean {
  switch (operator) {
    case 'gt':
      return actual > threshold;
    case 'gte':
      return actual >= threshold;
    case 'lt':
      return actual < threshold;
    case 'lte':
      return actual <= threshold;
    case 'neq':
      return actual !== threshold;
    default:
      return actual === threshold;
  }
}

function operatorOf(key: string, value: string): Keep {
  const [, operator, rest = ''] = /^([a-z]+):(.*)$/s.exec(value) ?? [];
  if (operator === undefined) return (image) => imageView(image)[key] === value;
  if (operator === 'eq') return (image) => imageView(image)[key] === rest;
  if (operator !== 'in') throw new Refusal(400, `Unable to filter by unknown operator '${operator}'.`);
  const values = [...rest.matchAll(/"([^"]*)"|([^,]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return (image) => values.includes(String(imageView(image)[key]));
}

function limitOf(call: Call): number {
  const limit = call.query.get('limit');
  if (limit === null) return DEFAULT_PAGE;
  if (!/^\s*[-+]?\d+\s*$/.test(limit)) throw new Refusal(400, 'limit param must be an integer');
  if (Number(limit) < 0) throw new Refusal(400, 'limit param must be positive');
  return Number(limit);
}

function startOf(call: Call, rows: readonly Image[]): number {
  const marker = call.query.get('marker');
  if (marker === null) return 0;
  const image = images(call.cloud).get(marker);
  if (image === undefined || !isVisible(image, call.context)) {
    throw new Refusal(400, `No image found with ID ${marker}`);
  }
  const order = orderOf(call);
  return rows.filter((row) => order(row, image) <= 0).length;
}

interface SortTerm {
  readonly key: string;
  readonly direction: 'asc' | 'desc';
}

function orderOf(call: Call): (a: Image, b: Image) => number {
  const terms = sortTermsOf(call);
  const last = terms.at(-1)?.direction ?? 'desc';
  for (const key of ['created_at', 'id']) {
    if (!terms.some((term) => term.key === key)) terms.push({ key, direction: terms.length === 1 ? last : 'desc' });
  }
  return (a, b) => {
    for (const { key, direction } of terms) {
      const sign = compare(sortValue(a, key), sortValue(b, key));
      if (sign !== 0) return direction === 'asc' ? sign : -sign;
    }
    return 0;
  };
}

function sortTermsOf(call: Call): SortTerm[] {
  const { query } = call;
  const sort = query.get('sort');
  if (sort === null) return classicTerms(query.getAll('sort_key'), query.getAll('sort_dir'));
  if (query.has('sort_key') || query.has('sort_dir')) {
    throw new Refusal(400, 'Old and new sorting syntax cannot be combined');
  }
  return sort.split(',').map((term) => {
    const [key = '', direction = 'desc'] = term.split(':');
    return termOf(key.trim(), direction.trim());
  });
}

function classicTerms(keys: readonly string[], directions: readonly string[]): SortTerm[] {
  if (directions.length > 1 && directions.length !== keys.length) {
    throw new Refusal(400, 'Number of sort dirs does not match the number of sort keys');
  }
  const named = keys.length === 0 ? ['created_at'] : keys;
  return named.map((key, index) => termOf(key.trim(), (directions[index] ?? directions[0] ?? 'desc').trim()));
}

function termOf(key: string, direction: string): SortTerm {
  if (!SORT_KEYS.includes(key)) {
    throw new Refusal(400, `Invalid sort key: ${key}. It must be one of the following: ${SORT_KEYS.join(', ')}.`);
  }
  if (direction !== 'asc' && direction !== 'desc') throw new Refusal(400, `Invalid sort direction: ${direction}`);
  return { key, direction };
}

function sortValue(image: Image, key: string): string | number {
  if (key === 'created_at') return image.createdAt;
  if (key === 'updated_at') return image.updatedAt;
  const value = imageView(image)[key];
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
