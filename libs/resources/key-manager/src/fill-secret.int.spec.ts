import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import { createOne, inMemory, listAll, PolicySchema, readOne, type Cloud, type StepContext } from '@osm/resource';
import { startFakeCloud, type Release } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { describe, expect, it } from 'vitest';
import { fillSecret } from './fill-secret.ts';
import { keyManagerRoot } from './href.ts';
import { secretContainer } from './secret-container.ts';
import { secret } from './secret.ts';

const openFake = async (name: string, release: Release) => {
  const fake = await startFakeCloud({
    ...{ name, region: 'R1', release, networkType: 'vxlan', volumeTypes: ['ssd'], adminPassword: 'lab', maxPage: 2 },
  });
  const cloud = openCloud(name, {
    file: 'clouds.yaml',
    authUrl: fake.authUrl,
    credential: { type: 'password', user: { name: 'admin', domain: { id: 'default' } }, password: 'lab' },
    scope: { type: 'project', project: { name: 'admin', domain: { id: 'default' } } },
    region: 'R1',
    interface: 'public',
    tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
    endpointOverrides: {},
  });
  return { fake, cloud };
};

const openBoth = async () => {
  const [source, destination] = await Promise.all([openFake('source', 'zed'), openFake('destination', 'epoxy')]);
  return {
    source: source.cloud,
    destination: destination.cloud,
    fake: destination.fake,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const { cloud, fake } of [source, destination]) {
        cloud.close();
        await fake.close();
      }
    },
  };
};

const make = async (cloud: Cloud, body: JsonObject): Promise<string> => secret.id(await createOne(cloud, secret, body));

const read = async (cloud: Cloud, id: string, type: string): Promise<Buffer> =>
  inMemory(
    await cloud.download('key-manager', { method: 'GET', path: `/secrets/${id}/payload`, headers: { Accept: type } }),
  );

const binary = (bytes: Buffer, type = 'application/octet-stream'): JsonObject => ({
  payload: bytes.toString('base64'),
  payload_content_type: type,
  payload_content_encoding: 'base64',
});

const step = async (
  { source, destination }: { readonly source: Cloud; readonly destination: Cloud },
  id: string,
  destinationId: string,
): Promise<StepContext> => ({
  route: { source: 'source', destination: 'destination' },
  ref: { type: 'secret', id },
  handler: secret,
  attributes: await readOne(source, secret, id),
  policy: PolicySchema.parse({}),
  marker: 'osm-0123456789abcdef0123456',
  outputs: {},
  history: [],
  destinationId,
  twinOf: () => undefined,
  source,
  destination,
  clock: { now: () => new Date(0), sleep: () => Promise.resolve() },
  signal: new AbortController().signal,
  ...unheard,
});

describe('filling a secret', () => {
  it.each([
    [
      'text',
      'text/plain',
      Buffer.from('grüße {"a": 1}'),
      { payload: 'grüße {"a": 1}', payload_content_type: 'text/plain' },
    ],
    ['bytes', 'application/octet-stream', Buffer.from([0, 255, 10, 13]), binary(Buffer.from([0, 255, 10, 13]))],
  ])('carries %s byte by byte, under its content type', async (_, type, bytes, payload) => {
    await using clouds = await openBoth();
    const id = await make(clouds.source, { name: 'a', ...payload });
    const twin = await make(clouds.destination, { name: 'a' });
    expect(await fillSecret.run(await step(clouds, id, twin))).toEqual({ bytes: bytes.length, equal: true });
    expect(await read(clouds.destination, twin, type)).toEqual(bytes);
    expect(await readOne(clouds.destination, secret, twin)).toMatchObject({ content_types: { default: type } });
  });

  it('carries a type that Barbican takes in no second write as bytes, and says so', async () => {
    await using clouds = await openBoth();
    const bytes = Buffer.from([48, 130, 1]);
    const id = await make(clouds.source, binary(bytes, 'application/pkcs8'));
    const twin = await make(clouds.destination, {});
    const context = await step(clouds, id, twin);
    await fillSecret.run(context);
    expect(await read(clouds.destination, twin, 'application/octet-stream')).toEqual(bytes);
    const left = secret.left(context.attributes, context.policy);
    expect(left['content_types']).toMatchObject({ verdict: 'lost' });
  });

  it('ends well when it is started again', async () => {
    await using clouds = await openBoth();
    const id = await make(clouds.source, binary(Buffer.from('abc')));
    const twin = await make(clouds.destination, {});
    const context = await step(clouds, id, twin);
    await fillSecret.run(context);
    expect(await fillSecret.run(context)).toEqual({ bytes: 3, equal: true });
  });

  it('ends well when the answer of the write was lost', async () => {
    await using clouds = await openBoth();
    const id = await make(clouds.source, binary(Buffer.from('abc')));
    const twin = await make(clouds.destination, {});
    clouds.fake.faults.add({ service: 'key-manager', method: 'PUT', action: 'commit-then-reset', times: 1 });
    expect(await fillSecret.run(await step(clouds, id, twin))).toEqual({ bytes: 3, equal: true });
  });

  it('defect 41: says of what differs neither the one nor the other', async () => {
    await using clouds = await openBoth();
    const id = await make(clouds.source, binary(Buffer.from('the one')));
    const twin = await make(clouds.destination, binary(Buffer.from('the other')));
    const failure = await fillSecret.run(await step(clouds, id, twin)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(isFailure(failure) && failure.code).toBe('payload-differs');
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toMatch(/the one|the other|dGhlIG/);
  });
});

describe('listing what Barbican keeps', () => {
  it('shows everybody’s, page by page, with lists of readers, metadata and consumers, each with its project', async () => {
    await using clouds = await openBoth();
    const { source } = clouds;
    const { projectId: own } = await source.whoAmI();
    const body = { project: { name: 'web', domain_id: 'default' } };
    const answer = await source.send('identity', { method: 'POST', path: '/projects', body });
    const web =
      isJsonObject(answer.body) && isJsonObject(answer.body['project']) ? String(answer.body['project']['id']) : '';
    for (const name of ['a', 'b', 'c']) await make(source, { name });
    const id = await make(source, { name: 'd' });
    const send = (method: 'PUT' | 'POST', below: string, sent: JsonObject) =>
      source.send('key-manager', { method, path: `/secrets/${id}${below}`, body: sent });
    await send('PUT', '/acl', { read: { 'project-access': false, users: ['bob', 'ann'] } });
    await send('PUT', '/metadata', { metadata: { Team: 'blue' } });

    const listed = await Array.fromAsync(listAll(source, secret, 'all-tenants'));
    expect(listed.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(listed[3]).toMatchObject({
      id,
      project_id: own,
      acl: { read: { 'project-access': false, users: ['ann', 'bob'] } },
      metadata: { team: 'blue' },
      consumers: [],
    });
    expect(await readOne(source, secret, id)).toEqual(listed[3]);
    for (const item of listed) secret.check(item);
    expect(await Array.fromAsync(listAll(source, secret, 'own-project'))).toEqual(listed);
    const query = { 'scope.project.id': web };
    const roles = source.list('identity', '/role_assignments', { key: 'role_assignments', query });
    expect(await Array.fromAsync(roles)).toEqual([]);
  });

  it('passes by what expires in the middle of it', async () => {
    await using clouds = await openBoth();
    for (const name of ['a', 'b', 'c']) await make(clouds.destination, { name });
    const action = { status: 404, body: { code: 404, title: 'Not Found', description: 'Secret not found.' } };
    clouds.fake.faults.add({ service: 'key-manager', path: '/metadata$', times: 1, action });
    const listed = await Array.fromAsync(listAll(clouds.destination, secret, 'all-tenants'));
    expect(listed.map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('tells where hrefs begin, and containers with their secrets', async () => {
    await using clouds = await openBoth();
    const { source } = clouds;
    const root = await keyManagerRoot(source);
    const id = await make(source, { name: 'a' });
    const refs = [{ name: 'x', secret_ref: `${root}/secrets/${id}` }];
    const made = await createOne(source, secretContainer, { type: 'generic', name: 'c', secret_refs: refs });
    const [listed] = await Array.fromAsync(listAll(source, secretContainer, 'all-tenants'));
    expect(listed).toMatchObject({ id: secretContainer.id(made), secret_refs: refs, name: 'c', type: 'generic' });
    secretContainer.check(listed ?? {});
  });
});
