/** What only a fake can be asked: clients that go away, bytes put into volumes, and formats that do not fit. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVolume, writeVolume } from './cinder-volume-bytes.ts';
import { contractCloudOf, startFake } from './contract/glance-clouds.ts';
import type { Answer, Session } from './contract/glance-session.ts';
import { at, signIn, text, until } from './contract/glance-session.ts';
import type { FakeCloud } from './start-fake-cloud.ts';

const MIB = 1024 * 1024;

let fake: FakeCloud;
let admin: Session;

async function start(release: 'zed' | 'epoxy'): Promise<void> {
  fake = await startFake(release);
  admin = await signIn(contractCloudOf(fake));
}

async function createImage(json: object): Promise<string> {
  const formats = { disk_format: 'raw', container_format: 'bare' };
  return text(await admin.call('image', 'POST', '/v2/images', { json: { ...formats, ...json } }), 'id');
}

function image(id: string): Promise<Answer> {
  return admin.call('image', 'GET', `/v2/images/${id}`);
}

async function createVolume(volume: object): Promise<string> {
  const id = text(await admin.call('volumev3', 'POST', '/volumes', { json: { volume } }), 'volume', 'id');
  await becomes(id, 'available');
  return id;
}

function becomes(id: string, status: string): Promise<Answer> {
  return until(
    () => admin.call('volumev3', 'GET', `/volumes/${id}`),
    (answer) => at(answer, 'volume', 'status') === status,
    10,
  );
}

describe('bytes of the fake', () => {
  beforeEach(() => start('epoxy'));
  afterEach(() => fake.close());

  it('takes an image whose client went away back to queued', async () => {
    const id = await createImage({});
    const headers = { 'X-Auth-Token': admin.token, 'Content-Type': 'application/octet-stream', 'Content-Length': 1000 };
    const upload = request(`${admin.endpoint('image')}/v2/images/${id}/file`, { method: 'PUT', headers });
    upload.on('error', () => undefined);
    upload.write(randomBytes(10));
    await until(
      () => image(id),
      (answer) => at(answer, 'status') === 'saving',
      10,
    );
    upload.destroy();
    const left = await until(
      () => image(id),
      (answer) => at(answer, 'status') === 'queued',
      10,
    );
    expect(left.body).toMatchObject({ size: null, checksum: null });
    const bytes = randomBytes(1000);
    expect((await admin.call('image', 'PUT', `/v2/images/${id}/file`, { bytes })).status).toBe(204);
    expect((await image(id)).body).toMatchObject({ status: 'active', size: 1000 });
  });

  it('answers 410 for an image that was deleted during its upload', async () => {
    const id = await createImage({});
    const headers = { 'X-Auth-Token': admin.token, 'Content-Type': 'application/octet-stream', 'Content-Length': 20 };
    const upload = request(`${admin.endpoint('image')}/v2/images/${id}/file`, { method: 'PUT', headers });
    const answered = new Promise<number | undefined>((resolve) => {
      upload.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
    upload.write(randomBytes(10));
    await until(
      () => image(id),
      (answer) => at(answer, 'status') === 'saving',
      10,
    );
    await admin.call('image', 'DELETE', `/v2/images/${id}`);
    upload.end(randomBytes(10));
    expect(await answered).toBe(410);
  });

  it('refuses 415 on Epoxy what is not of the declared format, and takes a qcow2 for what it is', async () => {
    const id = await createImage({ disk_format: 'qcow2' });
    const wrong = await admin.call('image', 'PUT', `/v2/images/${id}/file`, { bytes: randomBytes(100) });
    expect(wrong.status).toBe(415);
    expect((await image(id)).body).toMatchObject({ status: 'queued' });
    const qcow2 = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(200)]);
    qcow2.writeUInt32BE(3, 4);
    qcow2.writeBigUInt64BE(BigInt(7 * MIB), 24);
    expect((await admin.call('image', 'PUT', `/v2/images/${id}/file`, { bytes: qcow2 })).status).toBe(204);
    expect((await image(id)).body).toMatchObject({ status: 'active', virtual_size: 7 * MIB });
  });

  it('carries what a guest wrote from a volume to an image, to a volume, to a snapshot and to its copy', async () => {
    const id = await createVolume({ size: 2 });
    const bytes = randomBytes(1000);
    writeVolume(fake, id, bytes, MIB - 500);
    expect(readVolume(fake, id)).toHaveLength(2 * MIB);
    const action = { 'os-volume_upload_image': { image_name: 'carried' } };
    const begun = await admin.call('volumev3', 'POST', `/volumes/${id}/action`, { json: action });
    const imageId = text(begun, 'os-volume_upload_image', 'image_id');
    await becomes(id, 'available');
    const file = await admin.call('image', 'GET', `/v2/images/${imageId}/file`);
    expect(file.bytes.equals(readVolume(fake, id))).toBe(true);
    const twin = await createVolume({ size: 3, imageRef: imageId });
    expect(
      readVolume(fake, twin)
        .subarray(0, 2 * MIB)
        .equals(file.bytes),
    ).toBe(true);
    const snapshot = await admin.call('volumev3', 'POST', '/snapshots', { json: { snapshot: { volume_id: id } } });
    const snapshotId = text(snapshot, 'snapshot', 'id');
    writeVolume(fake, id, Buffer.alloc(2 * MIB, 1));
    await until(
      () => admin.call('volumev3', 'GET', `/snapshots/${snapshotId}`),
      (answer) => at(answer, 'snapshot', 'status') === 'available',
      10,
    );
    const copy = await createVolume({ snapshot_id: snapshotId });
    expect(readVolume(fake, copy).equals(file.bytes)).toBe(true);
    expect(() => readVolume(fake, 'nope')).toThrow('has no volume nope');
  });

  it('finds no room in a volume for a larger image', async () => {
    const id = await createImage({});
    await admin.call('image', 'PUT', `/v2/images/${id}/file`, { bytes: Buffer.alloc(MIB + 1) });
    const refused = await admin.call('volumev3', 'POST', '/volumes', { json: { volume: { size: 1, imageRef: id } } });
    expect(at(refused, 'badRequest', 'message')).toBe(
      'Invalid input received: Size of specified image 2GB is larger than volume size 1GB.',
    );
  });

  it('lets a volume in use alone unless forced where the operator allows it', async () => {
    const id = await createVolume({ size: 1 });
    const attach = { 'os-attach': { instance_uuid: fake.newId(), mountpoint: '/dev/vdb' } };
    await admin.call('volumev3', 'POST', `/volumes/${id}/action`, { json: attach });
    expect(at(await becomes(id, 'in-use'), 'volume', 'attachments')).toHaveLength(1);
    const upload = { 'os-volume_upload_image': { image_name: 'torn', force: true } };
    const refused = await admin.call('volumev3', 'POST', `/volumes/${id}/action`, { json: upload });
    expect([refused.status, at(refused, 'badRequest', 'message')]).toEqual([
      ...[400, `Invalid volume: Volume ${id} status must be available`],
    ]);
    expect((await admin.call('volumev3', 'DELETE', `/volumes/${id}`)).status).toBe(400);
  });
});

describe('bytes of the fake Zed', () => {
  beforeEach(() => start('zed'));
  afterEach(() => fake.close());

  it('takes what is not of the declared format', async () => {
    const id = await createImage({ disk_format: 'iso' });
    expect((await admin.call('image', 'PUT', `/v2/images/${id}/file`, { bytes: randomBytes(100) })).status).toBe(204);
  });
});
