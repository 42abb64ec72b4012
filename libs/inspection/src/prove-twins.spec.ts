import { marker, markerId, type JsonObject, type Route } from '@osm/kernel';
import { PolicySchema, type Policy } from '@osm/resource';
import { resourceTypes } from '@osm/resources/all';
import { describe, expect, it } from 'vitest';
import { proveTwins, type Seen } from './prove-twins.ts';

const route: Route = { source: 'old', destination: 'new' };
const handlers = new Map(resourceTypes.map((handler) => [handler.type, handler]));

const seen = (type: string, id: string, attributes: JsonObject = {}, projectId: string | null = null): Seen => ({
  ref: { type, id },
  name: typeof attributes['name'] === 'string' ? attributes['name'] : null,
  projectId,
  attributes: { id, ...attributes },
});

const prove = (
  source: readonly Seen[],
  destination: readonly Seen[],
  { known = {}, policy = {} }: { known?: { [key: string]: string }; policy?: Partial<Policy> } = {},
) =>
  proveTwins({
    ...{ route, handlers, source, destination, extensions: new Set() },
    policy: { ...PolicySchema.parse({}), ...policy },
    known: new Map(Object.entries(known)),
  });

const data = { status: 'active', checksum: 'c', os_hash_algo: 'sha512', os_hash_value: 'h', members: [], name: 'i' };

describe('a twin that wears its marker', () => {
  const dressed = (step?: string) =>
    seen('network', 'd1', { name: 'n', description: marker(route, 'network', 'n1', step) });

  it('is proven, and not finished', () => {
    const { proven, absent } = prove([seen('network', 'n1'), seen('network', 'n2', { name: 'other' })], [dressed()]);
    expect(proven).toMatchObject([{ destinationId: 'd1', proof: 'marker', complete: false, discarded: 0 }]);
    expect(absent).toMatchObject([{ ref: { type: 'network', id: 'n2' } }]);
  });

  it('tells how many were given up before it', () => {
    expect(prove([seen('network', 'n1')], [dressed('create-2')]).proven).toMatchObject([{ discarded: 2 }]);
  });

  it('is none of another route, and is left alone where the log knows the twin', () => {
    const strangers = seen('network', 'd1', { description: marker({ ...route, source: 'x' }, 'network', 'n1') });
    expect(prove([seen('network', 'n1', { name: 'n' })], [strangers]).proven).toEqual([]);
    const known = { 'network/n1': 'd9' };
    expect(prove([seen('network', 'n1')], [dressed()], { known })).toEqual({ proven: [], unproven: [], absent: [] });
  });
});

describe('an image', () => {
  const original = seen('image', 'i1', data);
  const id = markerId(marker(route, 'image', 'i1'));

  it('is proven by the id that it was given, and unfinished while its data are others', () => {
    const half = seen('image', id, { ...data, status: 'queued', os_hash_value: null });
    expect(prove([original], [half]).proven).toMatchObject([{ proof: 'assigned-id', complete: false }]);
    const other = seen('image', id, { ...data, os_hash_value: 'x' });
    expect(prove([original], [other]).proven).toMatchObject([{ proof: 'assigned-id', complete: false }]);
  });

  it('of the same id is proven only with the same data, and where ids are kept', () => {
    const policy = { preserve_ids: true };
    expect(prove([original], [seen('image', 'i1', data)], { policy }).proven).toMatchObject([{ proof: 'same-id' }]);
    const strangers = seen('image', 'i1', { ...data, os_hash_value: 'x' });
    expect(prove([original], [strangers], { policy }).proven).toEqual([]);
    expect(prove([original], [seen('image', 'i1', data)]).proven).toEqual([]);
  });
});

describe('what has data', () => {
  it('is never proven by what it is called: its data cannot be compared', () => {
    const { proven, unproven } = prove(
      [seen('volume', 'v1', { name: 'disk', size: 1 })],
      [seen('volume', 'd1', { name: 'disk', size: 1 }), seen('volume', 'd2', { name: 'other', size: 1 })],
    );
    expect(proven).toEqual([]);
    expect(unproven).toMatchObject([{ candidates: ['d1'], because: 'its data cannot be compared' }]);
  });
});

describe('what the cloud has once only', () => {
  const domain = (id: string, more: JsonObject = {}) =>
    seen('domain', id, { name: 'acme', description: 'x', enabled: true, tags: [], options: {}, ...more });

  it('is proven where all of it is equal, and told with what differs where not', () => {
    expect(prove([domain('s')], [domain('d')]).proven).toMatchObject([
      { destinationId: 'd', proof: 'natural-key', complete: true },
    ]);
    const { proven, unproven } = prove([domain('s')], [domain('d', { enabled: false })]);
    expect(proven).toEqual([]);
    expect(unproven).toMatchObject([{ candidates: ['d'], because: 'it differs: enabled' }]);
  });

  it('is nobody’s twin a second time', () => {
    const known = { 'domain/another': 'd' };
    expect(prove([domain('s')], [domain('d')], { known })).toMatchObject({ proven: [], unproven: [] });
  });
});
