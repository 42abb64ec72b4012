import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Step, type StepContext } from '@osm/resource';
import { recordsetKey, sameRecordset } from './recordset-comparison.ts';
import { listRecordsets } from './zone-contents.ts';
import { ZoneSource, type RecordsetAttributes, type ZoneAttributes } from './zone-source.ts';

/**
 * Gives the twin every set of records of its source: what is missing is made, what differs is set, what others have put
 * there beside it stays. A set that is refused hides no other and fails the step.
 */
export const fillZone: Step = {
  name: 'recordsets',
  when: (attributes) => Array.isArray(attributes['recordsets']) && attributes['recordsets'].length > 0,
  run: async (context) => {
    const s = ZoneSource.parse(context.attributes);
    const zoneId = twinId(context);
    const refusals: Refused[] = [];
    const done = { made: 0, changed: 0 };
    const present = await byKey(context, zoneId);
    for (const wanted of s.recordsets) {
      try {
        const deed = await settle(context, zoneId, wanted, present.get(recordsetKey(wanted)));
        if (deed !== 'equal') done[deed] += 1;
      } catch (error) {
        if (!isFailure(error) || error.disposition !== 'stop') throw error;
        refusals.push({ wanted, failure: error });
      }
    }
    const [first] = refusals;
    if (first !== undefined) throw incomplete(s, zoneId, first.failure.code, refusals);
    await untilPublished(context, s, zoneId);
    return { ...done };
  },
};

const byKey = async (context: StepContext, zoneId: string): Promise<ReadonlyMap<string, JsonObject>> => {
  const sets = await listRecordsets(context.destination, zoneId, context.signal);
  return new Map(sets.map((set) => [recordsetKey({ name: set['name'], type: set['type'] }), set]));
};

const settle = async (
  context: StepContext,
  zoneId: string,
  wanted: RecordsetAttributes,
  present: JsonObject | undefined,
): Promise<'made' | 'changed' | 'equal'> => {
  if (present === undefined) {
    if (await make(context, zoneId, wanted)) return 'made';
    // Somebody was quicker, or an earlier request of ours arrived after all.
    const now = (await byKey(context, zoneId)).get(recordsetKey(wanted));
    if (now === undefined) throw hidden(zoneId, wanted);
    return settle(context, zoneId, wanted, now);
  }
  if (sameRecordset({ ...wanted }, present)) return 'equal';
  const { records, ttl, description } = wanted;
  const path = `/zones/${zoneId}/recordsets/${String(present['id'])}`;
  await context.destination.send('dns', { method: 'PUT', path, body: { records, ttl, description } }, context.signal);
  return 'changed';
};

/** False where the zone has a set of this name and type already. Asking twice makes one set. */
const make = async (context: StepContext, zoneId: string, wanted: RecordsetAttributes): Promise<boolean> => {
  const path = `/zones/${zoneId}/recordsets`;
  const request = { method: 'POST', path, body: wanted, accept: [409], repeatable: true } as const;
  try {
    return (await context.destination.send('dns', request, context.signal)).status !== 409;
  } catch (error) {
    if (isFailure(error) && error.code === 'conflict') return false;
    throw error;
  }
};

/** The name servers have it: what they cannot read makes the whole zone an error, and with it the latest sets. */
const untilPublished = async (context: StepContext, s: ZoneAttributes, zoneId: string): Promise<void> => {
  const { clock, signal, policy } = context;
  const seconds = policy.resource_creation_timeout;
  const status = await until(
    async () => {
      const now = await statusOf(context, zoneId);
      return now === 'PENDING' ? undefined : now;
    },
    { clock, signal, seconds },
    () =>
      new Failure('not-ready', `zone ${zoneId} (${s.name}) is still not published after ${seconds} seconds`, {
        remedy:
          'Look at the DNS service of the destination; raise resource_creation_timeout if it is slow; then retry.',
      }),
  );
  const unread = await listUnread(context, zoneId);
  if (status === 'ERROR' || unread.length > 0) throw unpublished(s, zoneId, unread);
};

const statusOf = async (context: StepContext, zoneId: string): Promise<string> => {
  const { body } = await context.destination.send('dns', { method: 'GET', path: `/zones/${zoneId}` }, context.signal);
  return isJsonObject(body) ? String(body['status']) : '';
};

/** The sets that the name servers have not taken. */
const listUnread = async (context: StepContext, zoneId: string): Promise<readonly string[]> => {
  const query = { status: 'ERROR', limit: '1000' };
  const request = { method: 'GET', path: `/zones/${zoneId}/recordsets`, query } as const;
  const { body } = await context.destination.send('dns', request, context.signal);
  const sets = isJsonObject(body) && Array.isArray(body['recordsets']) ? body['recordsets'].filter(isJsonObject) : [];
  return sets.filter(({ status }) => status === 'ERROR').map(({ name, type }) => `${String(name)} ${String(type)}`);
};

const twinId = ({ destinationId, ref }: StepContext): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot fill dns-zone ${ref.id}: it has no twin`, {
    remedy: 'Migrate the zone first.',
  });
};

/** A set that the destination does not take, and why. */
interface Refused {
  readonly wanted: RecordsetAttributes;
  readonly failure: Failure;
}

/** All of them in one failure, under the code of the first. */
const incomplete = (s: ZoneAttributes, zoneId: string, code: string, refusals: readonly Refused[]): Failure =>
  new Failure(
    code,
    `cannot complete zone ${zoneId} (${s.name}): ${refusals.length} of ${s.recordsets.length} recordsets were refused: ` +
      refusals.map(({ wanted, failure }) => `${wanted.name} ${wanted.type}: ${failure.message}`).join('; '),
    {
      remedy:
        'Correct these recordsets at the source, or what stands in their way at the destination (its quota, a zone ' +
        'below that has the name), then retry: all others are there.',
    },
  );

const unpublished = (s: ZoneAttributes, zoneId: string, unread: readonly string[]): Failure =>
  new Failure(
    'unpublished-zone',
    `cannot publish zone ${zoneId} (${s.name}): the destination shows it in ERROR${unread.length === 0 ? '' : `, with ${unread.join(', ')}`}`,
    {
      remedy:
        'A record that its name servers cannot read is the likely cause: look into their logs, correct it, then retry.',
    },
  );

const hidden = (zoneId: string, { name, type }: RecordsetAttributes): Failure =>
  new Failure('conflict', `zone ${zoneId} is said to have ${name} ${type}, but does not show it`, {
    remedy: 'It may be in deletion: retry when it is gone.',
  });
