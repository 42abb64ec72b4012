import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import type { Rate } from './rates.ts';
import type { Cloud } from './frame.ts';

/**
 * The control endpoint for other processes: `/__fake/ledger` (GET `?after=n`, `?writes=1`, DELETE), `/__fake/faults` (GET,
 * POST a fault, DELETE all or `?id=n`), `/__fake/rates?service=network` (GET its count, POST a rate, DELETE it), `/__fake/state` (GET all tables but the passwords, as arrays).
 */
export async function control(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const answer = answerOf(cloud, request.method ?? '', url, Buffer.concat(chunks).toString('utf8'));
  response.statusCode = answer === undefined ? 404 : 200;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answer ?? { error: `no such control: ${url.pathname}` }, plain));
}

function answerOf(cloud: Cloud, method: string, url: URL, body: string): unknown {
  switch (`${method} ${url.pathname.slice('/__fake/'.length)}`) {
    case 'GET ledger': {
      const after = Number(url.searchParams.get('after') ?? 0);
      const entries = url.searchParams.has('writes') ? cloud.ledger.writes(after) : cloud.ledger.entries(after);
      return { entries };
    }
    case 'DELETE ledger':
      cloud.ledger.clear();
      return { entries: [] };
    case 'GET faults':
      return { faults: cloud.faults.list() };
    case 'POST faults':
      return { id: cloud.faults.add(JSON.parse(body) as Fault) };
    case 'DELETE faults': {
      const id = url.searchParams.get('id');
      if (id === null) cloud.faults.clear();
      else cloud.faults.remove(Number(id));
      return { faults: cloud.faults.list() };
    }
    case 'GET rates':
      return cloud.rates.count(url.searchParams.get('service') ?? '');
    case 'POST rates':
      cloud.rates.limit(url.searchParams.get('service') ?? '', JSON.parse(body) as Rate);
      return {};
    case 'DELETE rates':
      cloud.rates.lift(url.searchParams.get('service') ?? '');
      return {};
    case 'GET state':
      return Object.fromEntries(
        [...cloud.state]
          .filter(([name]) => name !== 'identity.passwords')
          .map(([name, rows]) => [name, [...rows.values()]]),
      );
    default:
      return undefined;
  }
}

/** Bytes and sets have no JSON form of their own: bytes are shown by their count. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof RegExp) return value.source;
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value) {
    return { bytes: Array.isArray(value.data) ? value.data.length : 0 };
  }
  return value;
}
