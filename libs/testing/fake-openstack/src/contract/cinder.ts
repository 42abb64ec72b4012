/** What Cinder does, as laws that the fake and real clouds pass alike. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName, until } from './glance-session.ts';

/** The newest microversion that both releases have. */
const NEWEST = '3.70';
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);

/** The laws of Cinder. `cloudOf` is called once, before the first law. */
export function describeCinder(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`cinder of ${name}`, () => {
    let cloud: ContractCloud;
    let admin: Session;
    let tenant: Tenant;
    const made: string[] = [];
    const images: string[] = [];

    beforeAll(async () => {
      cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
    });

    afterAll(async () => {
      for (const id of made) await cinder(admin, 'DELETE', `/volumes/${id}?cascade=true`);
      for (const id of images) await admin.call('image', 'DELETE', `/v2/images/${id}`);
      for (const id of made) {
        await until(async () => {
          await cinder(admin, 'DELETE', `/volumes/${id}?cascade=true`);
          return cinder(admin, 'GET', `/volumes/${id}`);
        }, gone);
      }
      await tenant.remove();
    });

    async function create(session: Session, volume: object, version = NEWEST): Promise<Answer> {
      const answer = await cinder(session, 'POST', '/volumes', { volume }, version);
      if (answer.status === 202) made.push(text(answer, 'volume', 'id'));
      return answer;
    }

    async function createAvailable(session: Session, volume: object): Promise<string> {
      const id = text(await create(session, volume), 'volume', 'id');
      await settled(session, id);
      return id;
    }

    async function settled(session: Session, id: string): Promise<Answer> {
      return until(
        () => cinder(session, 'GET', `/volumes/${id}`),
        (answer) => ['available', 'error'].includes(String(at(answer, 'volume', 'status'))),
      );
    }

    const act = (session: Session, id: string, action: object, version = NEWEST): Promise<Answer> =>
      cinder(session, 'POST', `/volumes/${id}/action`, action, version);

    it('names version 3 and its microversions: at the root to everybody, below to those with a token', async () => {
      const root = admin.endpoint('volumev3').replace(/\/v3\/.*$/, '');
      const [list, closed] = [await fetch(`${root}/`), await fetch(`${root}/v3/`)];
      const open = await fetch(`${root}/v3/`, { headers: { 'X-Auth-Token': admin.token } });
      expect([list.status, closed.status, open.status]).toEqual([300, 401, 200]);
      expect(await list.json()).toEqual(await open.json());
    });

    it('says how far its microversions go', async () => {
      const root = admin.endpoint('volumev3').replace(/\/v3\/.*$/, '');
      expect(await (await fetch(`${root}/`)).json()).toMatchObject({
        versions: [{ id: 'v3.0', status: 'CURRENT', min_version: '3.0', version: expect.stringMatching(/^3\.\d+$/) }],
      });
    });

    it('refuses a microversion it has not and a project that is not the caller’s', async () => {
      expect(refusal(await cinder(admin, 'GET', '/volumes', undefined, '3.999'))).toMatchObject([
        ...[406, expect.stringMatching(/^Version 3.999 is not supported by the API. Minimum is 3.0 and maximum is 3/)],
      ]);
      const answer = await admin.call('volumev3', 'GET', `/../${tenant.session.projectId}/volumes`);
      expect(refusal(answer)).toEqual([400, 'Malformed request url']);
    });

    it('creates an empty volume, which becomes available, and shows what each microversion knows', async () => {
      const created = await create(admin, { size: 1, name: 'empty', metadata: { a: 'b' } });
      const id = text(created, 'volume', 'id');
      expect(created.status).toBe(202);
      expect(created.headers.get('openstack-api-version')).toBe(`volume ${NEWEST}`);
      const href = `${admin.endpoint('volumev3')}/volumes/${id}`;
      const first = {
        ...{ id, size: 1, name: 'empty', description: null, availability_zone: 'nova', created_at: STAMP },
        ...{ volume_type: expect.any(String), snapshot_id: null, source_volid: null, metadata: { a: 'b' } },
        links: [
          { rel: 'self', href },
          { rel: 'bookmark', href: href.replace('/v3/', '/') },
        ],
        ...{ user_id: admin.userId, bootable: 'false', encrypted: false, replication_status: null },
        ...{ consistencygroup_id: null, multiattach: false, attachments: [], migration_status: null },
      };
      const newer = {
        ...{ group_id: null, provider_id: null, cluster_name: null, volume_type_id: expect.any(String) },
        consumes_quota: true,
      };
      const shown = {
        'os-vol-tenant-attr:tenant_id': admin.projectId,
        'os-vol-mig-status-attr:migstat': null,
        'os-vol-mig-status-attr:name_id': null,
        'os-vol-host-attr:host': expect.stringMatching(/^.+@.+#.+$/),
      };
      expect(at(created, 'volume')).toEqual({
        ...{ ...first, ...newer, status: 'creating', updated_at: null, shared_targets: true, service_uuid: null },
      });
      // The service is named only after the volume is available.
      const available = await until(
        () => cinder(admin, 'GET', `/volumes/${id}`),
        (answer) => at(answer, 'volume', 'service_uuid') !== null,
      );
      const state = { status: 'available', updated_at: STAMP };
      const scheduled = { shared_targets: false, service_uuid: expect.any(String) };
      expect(at(available, 'volume')).toEqual({ ...first, ...newer, ...shown, ...state, ...scheduled });
      const oldest = await cinder(admin, 'GET', `/volumes/${id}`, undefined, '3.0');
      expect(at(oldest, 'volume')).toEqual({ ...first, ...shown, ...state });
      const listed = await cinder(admin, 'GET', `/volumes?name=empty&limit=1`);
      expect(at(listed, 'volumes', '0')).toEqual({ id: expect.any(String), name: 'empty', links: expect.any(Array) });
    });

    const nowhere = randomUUID();
    it.each([
      [{}, 400, "'volume' is a required property"],
      [
        { volume: { size: 0 } },
        400,
        'Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1',
      ],
      [
        { volume: { size: 'x' } },
        400,
        "Invalid input for field/attribute size. Value: x. 'x' does not match '^[0-9]+$'",
      ],
      [
        { volume: { size: 1, foo: 1 } },
        400,
        "Invalid input for field/attribute volume. Value: {'size': 1, 'foo': 1}. Additional properties are not allowed ('foo' was unexpected)",
      ],
      [
        { volume: { size: 1, multiattach: true } },
        400,
        'multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. Contact your administrator to create a multiattach enabled volume type and use it to create multiattach volumes.',
      ],
      [{ volume: { size: 1, volume_type: 'no such' } }, 404, 'Volume type with name no such could not be found.'],
      [{ volume: { size: 1, volume_type: nowhere } }, 404, `Volume type ${nowhere} could not be found.`],
      [
        { volume: { size: 1, imageRef: nowhere } },
        400,
        'Invalid image identifier or unable to access requested image.',
      ],
      [
        { volume: { size: 1, snapshot_id: 'x' } },
        400,
        "Invalid input for field/attribute snapshot_id. Value: x. 'x' is not valid under any of the given schemas",
      ],
      [{ volume: { size: 1, snapshot_id: nowhere } }, 404, `Snapshot ${nowhere} could not be found.`],
      [{ volume: { size: 1, source_volid: nowhere } }, 404, `Volume ${nowhere} could not be found.`],
      [
        { volume: { size: 1, metadata: { a: 1 } } },
        400,
        "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'",
      ],
    ])('refuses to create from %j', async (json, status, message) => {
      expect(refusal(await cinder(admin, 'POST', '/volumes', json))).toEqual([status, message]);
    });

    it('knows no volume of another project', async () => {
      const id = await createAvailable(admin, { size: 1 });
      expect(refusal(await cinder(tenant.session, 'GET', `/volumes/${id}`))).toEqual([
        ...[404, `Volume ${id} could not be found.`],
      ]);
      expect((await cinder(admin, 'GET', `/volumes/${randomUUID()}`)).status).toBe(404);
    });

    it('keeps the bootable flag, the image metadata and the read-only flag by actions', async () => {
      const id = await createAvailable(tenant.session, { size: 1, metadata: { own: 'x' } });
      const volume = async (key: string): Promise<unknown> =>
        at(await cinder(tenant.session, 'GET', `/volumes/${id}`), 'volume', key);
      expect((await act(tenant.session, id, { 'os-set_bootable': { bootable: true } })).status).toBe(200);
      expect(await volume('bootable')).toBe('true');
      const set = await act(tenant.session, id, {
        'os-set_image_metadata': { metadata: { x: 'y', hw_disk_bus: 'scsi' } },
      });
      expect([set.status, set.body]).toEqual([200, { metadata: { x: 'y', hw_disk_bus: 'scsi' } }]);
      expect((await act(tenant.session, id, { 'os-show_image_metadata': {} })).body).toEqual(set.body);
      expect((await act(tenant.session, id, { 'os-unset_image_metadata': { key: 'x' } })).status).toBe(200);
      expect(await volume('volume_image_metadata')).toEqual({ hw_disk_bus: 'scsi' });
      expect(refusal(await act(tenant.session, id, { 'os-unset_image_metadata': { key: 'x' } }))).toEqual([
        ...[404, `Glance metadata for volume/snapshot ${id} cannot be found.`],
      ]);
      expect((await act(tenant.session, id, { 'os-update_readonly_flag': { readonly: true } })).status).toBe(202);
      expect(await volume('metadata')).toEqual({ own: 'x', readonly: 'True' });
      expect((await cinder(tenant.session, 'GET', `/volumes/${id}/metadata`)).body).toEqual({ metadata: { own: 'x' } });
      expect(refusal(await act(tenant.session, id, { nope: {} }))).toEqual([
        ...[400, 'There is no such action: nope. Verify the request body and Content-Type header and try again.'],
      ]);
    });

    it('changes name, description and metadata', async () => {
      const id = await createAvailable(tenant.session, { size: 1, metadata: { a: '1' } });
      const meta = (method: string, path: string, json?: object): Promise<Answer> =>
        cinder(tenant.session, method, `/volumes/${id}/metadata${path}`, json);
      const put = await cinder(tenant.session, 'PUT', `/volumes/${id}`, { volume: { name: 'n', description: 'd' } });
      expect([put.status, at(put, 'volume', 'name'), at(put, 'volume', 'description')]).toEqual([200, 'n', 'd']);
      expect(refusal(await cinder(tenant.session, 'PUT', `/volumes/${id}`, { volume: {} }))).toEqual([
        ...[400, 'Invalid input for field/attribute volume. Value: {}. {} is not valid under any of the given schemas'],
      ]);
      expect((await meta('POST', '', { metadata: { b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } });
      expect((await meta('PUT', '/b', { meta: { b: '3' } })).body).toEqual({ meta: { b: '3' } });
      expect((await meta('GET', '/b')).body).toEqual({ meta: { b: '3' } });
      expect((await meta('PUT', '', { metadata: { c: '4' } })).body).toEqual({ metadata: { c: '4' } });
      expect(refusal(await meta('DELETE', '/a'))).toEqual([404, `Volume ${id} has no metadata with key a.`]);
      expect((await meta('DELETE', '/c')).status).toBe(200);
    });

    it('lists by filter, page by page, an admin all projects', async () => {
      const name = uniqueName('list');
      const ids: string[] = [];
      for (const one of ['1', '2', '3']) {
        ids.push(await createAvailable(tenant.session, { size: 1, name, metadata: { mark: `${name}-${one}` } }));
      }
      const list = async (session: Session, query: string): Promise<unknown[]> =>
        listOf(await cinder(session, 'GET', `/volumes/detail?${query}`), 'volumes').map((row) => valueOf(row, 'id'));
      expect(await list(tenant.session, `name=${name}&sort=created_at:asc`)).toHaveLength(3);
      expect((await list(tenant.session, `name=${name}`)).toSorted()).toEqual(ids.toSorted());
      const marked = encodeURIComponent(`{"mark": "${name}-2"}`);
      expect(await list(tenant.session, `metadata=${marked}`)).toEqual([ids[1]]);
      expect(await list(admin, `name=${name}`)).toEqual([]);
      expect(await list(admin, `name=${name}&all_tenants=1`)).toHaveLength(3);
      expect(await list(admin, `all_tenants=1&project_id=${tenant.session.projectId}&name=${name}`)).toHaveLength(3);
      expect(await list(tenant.session, `name=${name}&status=error`)).toEqual([]);
      const page = await cinder(tenant.session, 'GET', `/volumes/detail?name=${name}&limit=2`);
      const next = new URL(text(page, 'volumes_links', '0', 'href'));
      const rest = await cinder(tenant.session, 'GET', `/volumes/detail${next.search}`);
      const seen = [page, rest].flatMap((one) => listOf(one, 'volumes').map((row) => valueOf(row, 'id')));
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect(at(rest, 'volumes_links')).toBeUndefined();
      const counted = await cinder(tenant.session, 'GET', `/volumes/detail?name=${name}&limit=1&with_count=true`);
      expect(at(counted, 'count')).toBe(3);
      expect(refusal(await cinder(tenant.session, 'GET', '/volumes/detail?limit=x'))).toEqual([
        ...[400, 'limit param must be an integer'],
      ]);
      expect(refusal(await cinder(tenant.session, 'GET', '/volumes/detail?marker=nope'))).toEqual([
        ...[404, 'Volume nope could not be found.'],
      ]);
      expect(refusal(await cinder(tenant.session, 'GET', '/volumes/detail?foo=1'))).toEqual([
        ...[400, 'Invalid filters foo are found in query options.'],
      ]);
    });

    it('makes a volume of an image: bootable, with the image’s metadata', async () => {
      const bytes = randomBytes(5000);
      const image = await admin.call('image', 'POST', '/v2/images', {
        json: {
          ...{ name: 'source of a volume', disk_format: 'raw', container_format: 'bare', min_disk: 1, min_ram: 2 },
          ...{ visibility: 'private', tags: ['t'], hw_disk_bus: 'scsi', os_distro: 'debian' },
        },
      });
      const imageId = text(image, 'id');
      images.push(imageId);
      expect(refusal(await create(admin, { size: 1, imageRef: imageId }))).toEqual([
        ...[400, `Invalid input received: Image ${imageId} is not active.`],
      ]);
      await admin.call('image', 'PUT', `/v2/images/${imageId}/file`, { bytes });
      const id = await createAvailable(admin, { size: 1, imageRef: imageId });
      const shown = await cinder(admin, 'GET', `/volumes/${id}`);
      expect(at(shown, 'volume')).toMatchObject({ status: 'available', bootable: 'true' });
      expect(at(shown, 'volume', 'volume_image_metadata')).toEqual({
        ...{ hw_disk_bus: 'scsi', os_distro: 'debian', image_id: imageId, image_name: 'source of a volume' },
        ...{ checksum: createHash('md5').update(bytes).digest('hex'), container_format: 'bare', disk_format: 'raw' },
        ...{ min_disk: '1', min_ram: '2', size: '5000', signature_verified: 'False' },
      });
      await admin.call('image', 'PATCH', `/v2/images/${imageId}`, {
        json: [{ op: 'replace', path: '/min_disk', value: 2 }],
        headers: { 'Content-Type': 'application/openstack-images-v2.1-json-patch' },
      });
      expect(refusal(await create(admin, { size: 1, imageRef: imageId }))).toEqual([
        ...[400, 'Invalid input received: Volume size 1GB cannot be smaller than the image minDisk size 2GB.'],
      ]);
    });

    it('uploads a volume as an image with its image metadata as properties, and with all its bytes', async () => {
      const id = await createAvailable(tenant.session, { size: 1, name: 'v' });
      await act(tenant.session, id, {
        'os-set_image_metadata': {
          metadata: { hw_disk_bus: 'scsi', min_disk: '9', image_id: 'x', img_signature_x: 'y' },
        },
      });
      const imageName = uniqueName('upload');
      const upload = { image_name: imageName, disk_format: 'raw', container_format: 'bare' };
      const begun = await act(tenant.session, id, { 'os-volume_upload_image': upload });
      const imageId = text(begun, 'os-volume_upload_image', 'image_id');
      images.push(imageId);
      expect(begun.status).toBe(202);
      expect(at(begun, 'os-volume_upload_image')).toEqual({
        ...{ id, status: 'uploading', updated_at: STAMP, display_description: null, size: 1, image_id: imageId },
        ...{ container_format: 'bare', disk_format: 'raw', image_name: imageName, protected: false },
        visibility: 'private',
        volume_type: expect.objectContaining({ name: expect.any(String), deleted: false, is_public: true }),
      });
      // All at once, while the upload goes on.
      const [again, metadata, deletion] = await Promise.all([
        act(tenant.session, id, { 'os-volume_upload_image': upload }),
        cinder(tenant.session, 'POST', `/volumes/${id}/metadata`, { metadata: { a: 'b' } }),
        cinder(tenant.session, 'DELETE', `/volumes/${id}`),
      ]);
      expect(refusal(again)).toEqual([400, `Invalid volume: Volume ${id} status must be available`]);
      expect(refusal(metadata)).toEqual([
        ...[400, 'Invalid volume: Updating volume metadata is not allowed for volumes in uploading status.'],
      ]);
      expect(refusal(deletion)).toMatchObject([
        ...[400, expect.stringMatching(/^Invalid volume: Volume status must be available or error or error_restoring/)],
      ]);
      const image = await until(
        () => tenant.session.call('image', 'GET', `/v2/images/${imageId}`),
        (answer) => at(answer, 'status') === 'active',
      );
      const size = cloud.gibBytes ?? 1024 ** 3;
      expect(image.body).toMatchObject({
        ...{ name: imageName, size, virtual_size: size, disk_format: 'raw', container_format: 'bare', min_disk: 0 },
        ...{ visibility: 'private', owner: tenant.session.projectId, hw_disk_bus: 'scsi', protected: false },
        os_hash_value: hashOfZeros(size),
      });
      expect([at(image, 'image_id'), at(image, 'img_signature_x')]).toEqual([undefined, undefined]);
      expect(at(await settled(tenant.session, id), 'volume', 'status')).toBe('available');
    });

    it('uploads a volume as qcow2, only what was written of it, and makes a volume of that again', async () => {
      const id = await createAvailable(tenant.session, { size: 1 });
      const upload = { image_name: uniqueName('upload'), disk_format: 'qcow2', container_format: 'bare' };
      const begun = await act(tenant.session, id, { 'os-volume_upload_image': upload });
      expect(at(begun, 'os-volume_upload_image', 'disk_format')).toBe('qcow2');
      const imageId = text(begun, 'os-volume_upload_image', 'image_id');
      images.push(imageId);
      const image = await until(
        () => tenant.session.call('image', 'GET', `/v2/images/${imageId}`),
        (answer) => at(answer, 'status') === 'active',
      );
      const size = cloud.gibBytes ?? 1024 ** 3;
      expect(image.body).toMatchObject({ disk_format: 'qcow2', virtual_size: size, min_disk: 0 });
      expect(at(image, 'size')).toBeLessThan(500_000);
      const again = await createAvailable(tenant.session, { size: 1, imageRef: imageId });
      expect(at(await cinder(tenant.session, 'GET', `/volumes/${again}`), 'volume')).toMatchObject({
        ...{ bootable: 'true', volume_image_metadata: { disk_format: 'qcow2', image_id: imageId } },
      });
      for (const volumeId of [id, again]) {
        expect((await cinder(tenant.session, 'DELETE', `/volumes/${volumeId}`)).status).toBe(202);
        await until(() => cinder(tenant.session, 'GET', `/volumes/${volumeId}`), gone);
      }
    });

    it('snapshots a volume and makes a volume of the snapshot', async () => {
      const id = await createAvailable(tenant.session, { size: 1 });
      await act(tenant.session, id, { 'os-set_bootable': { bootable: true } });
      const snapshot = { volume_id: id, name: 's', description: 'd', metadata: { k: 'v' } };
      const created = await cinder(tenant.session, 'POST', '/snapshots', { snapshot });
      const snapshotId = text(created, 'snapshot', 'id');
      expect([created.status, at(created, 'snapshot')]).toEqual([
        202,
        {
          ...{ id: snapshotId, created_at: STAMP, updated_at: null, name: 's', description: 'd', volume_id: id },
          ...{ status: 'creating', size: 1, metadata: { k: 'v' }, group_snapshot_id: null, consumes_quota: true },
          user_id: tenant.session.userId,
        },
      ]);
      const shown = await until(
        () => cinder(tenant.session, 'GET', `/snapshots/${snapshotId}`),
        (answer) => at(answer, 'snapshot', 'status') === 'available',
      );
      expect(at(shown, 'snapshot')).toMatchObject({
        'os-extended-snapshot-attributes:project_id': tenant.session.projectId,
        'os-extended-snapshot-attributes:progress': '100%',
      });
      const listed = await cinder(tenant.session, 'GET', `/snapshots/detail?volume_id=${id}`);
      expect(listOf(listed, 'snapshots')).toEqual([at(shown, 'snapshot')]);
      const forced = await cinder(tenant.session, 'POST', '/snapshots', { snapshot: { volume_id: id, force: false } });
      expect(refusal(forced)[0]).toBe(400);
      expect(refusal(await cinder(tenant.session, 'DELETE', `/volumes/${id}`))[0]).toBe(400);
      const twin = await createAvailable(tenant.session, { snapshot_id: snapshotId, name: 'of snapshot' });
      expect(at(await cinder(tenant.session, 'GET', `/volumes/${twin}`), 'volume')).toMatchObject({
        ...{ size: 1, snapshot_id: snapshotId, bootable: 'true', status: 'available' },
      });
      const clone = await createAvailable(tenant.session, { source_volid: id });
      expect(at(await cinder(tenant.session, 'GET', `/volumes/${clone}`), 'volume')).toMatchObject({
        ...{ size: 1, source_volid: id, bootable: 'true' },
      });
      expect((await cinder(tenant.session, 'DELETE', `/snapshots/${snapshotId}`)).status).toBe(202);
      const after = await until(() => cinder(tenant.session, 'GET', `/snapshots/${snapshotId}`), gone);
      expect(refusal(after)).toEqual([404, `Snapshot ${snapshotId} could not be found.`]);
    });

    it('extends a volume, resets its state and deletes it', async () => {
      const id = await createAvailable(tenant.session, { size: 1 });
      expect(refusal(await act(tenant.session, id, { 'os-extend': { new_size: 1 } }))).toEqual([
        ...[
          400,
          'Invalid input received: New size for extend must be greater than current size. (current: 1, extended: 1).',
        ],
      ]);
      expect((await act(tenant.session, id, { 'os-extend': { new_size: 2 } })).status).toBe(202);
      await until(
        () => cinder(tenant.session, 'GET', `/volumes/${id}`),
        (answer) => at(answer, 'volume', 'size') === 2 && at(answer, 'volume', 'status') === 'available',
      );
      expect((await act(tenant.session, id, { 'os-reserve': {} })).status).toBe(202);
      expect(refusal(await act(tenant.session, id, { 'os-reserve': {} }))).toEqual([
        ...[400, 'Invalid volume: Volume status must be available to reserve, but the status is attaching.'],
      ]);
      expect((await act(tenant.session, id, { 'os-unreserve': {} })).status).toBe(202);
      expect((await act(tenant.session, id, { 'os-reset_status': { status: 'error' } })).status).toBe(403);
      expect((await act(admin, id, { 'os-reset_status': { status: 'error' } })).status).toBe(202);
      expect((await cinder(tenant.session, 'DELETE', `/volumes/${id}`)).status).toBe(202);
      await until(() => cinder(tenant.session, 'GET', `/volumes/${id}`), gone);
    });

    it('keeps quotas, with the limit and the usage in the refusal', async () => {
      const { projectId } = tenant.session;
      const quota = `/os-quota-sets/${projectId}`;
      const before = await cinder(tenant.session, 'GET', `${quota}?usage=True`);
      expect(at(before, 'quota_set', 'id')).toBe(projectId);
      const used = Number(at(before, 'quota_set', 'volumes', 'in_use'));
      expect(at(before, 'quota_set', 'gigabytes')).toMatchObject({ limit: 1000, reserved: 0 });
      const gigabytes = Number(at(before, 'quota_set', 'gigabytes', 'in_use'));
      const tooLarge = await create(tenant.session, { size: 5000 });
      expect([tooLarge.status, tooLarge.headers.get('retry-after'), tooLarge.body]).toEqual([
        ...[413, '0'],
        {
          overLimit: {
            code: 413,
            message: `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 5000G, quota is 1000G and ${gigabytes}G has been consumed.`,
            retryAfter: '0',
          },
        },
      ]);
      expect((await cinder(tenant.session, 'PUT', quota, { quota_set: { volumes: 1 } })).status).toBe(403);
      const put = await cinder(admin, 'PUT', quota, { quota_set: { volumes: used } });
      expect([put.status, at(put, 'quota_set', 'volumes'), at(put, 'quota_set', 'id')]).toEqual([200, used, undefined]);
      expect(refusal(await create(tenant.session, { size: 1 }))).toEqual([
        ...[413, `VolumeLimitExceeded: Maximum number of volumes allowed (${used}) exceeded for quota 'volumes'.`],
      ]);
      expect(refusal(await cinder(admin, 'PUT', quota, { quota_set: { foo: 1 } }))).toEqual([
        ...[400, 'Invalid input received: Bad key(s) in quota set: foo'],
      ]);
      expect((await cinder(admin, 'DELETE', quota)).status).toBe(200);
      expect(at(await cinder(admin, 'GET', quota), 'quota_set', 'volumes')).toBe(10);
      const limits = at(await cinder(tenant.session, 'GET', '/limits'), 'limits', 'absolute');
      expect(limits).toMatchObject({ maxTotalVolumes: 10, totalVolumesUsed: used, totalGigabytesUsed: gigabytes });
    });

    it('tells its zones, pools and services', async () => {
      expect((await cinder(tenant.session, 'GET', '/os-availability-zone')).body).toEqual({
        availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }],
      });
      expect(listOf(await cinder(admin, 'GET', '/scheduler-stats/get_pools'), 'pools').length).toBeGreaterThan(0);
      expect(listOf(await cinder(admin, 'GET', '/os-services'), 'services').length).toBeGreaterThan(0);
      expect((await cinder(tenant.session, 'GET', '/os-services')).status).toBe(403);
    });

    describe('volume types', () => {
      const name = uniqueName('type');
      let id = '';
      const type = (method: string, path: string, json?: object): Promise<Answer> =>
        cinder(admin, method, `/types/${id}${path}`, json);

      beforeAll(async () => {
        const created = await cinder(admin, 'POST', '/types', {
          volume_type: { name, description: 'd', extra_specs: { k: 'v' }, 'os-volume-type-access:is_public': false },
        });
        id = text(created, 'volume_type', 'id');
        expect([created.status, at(created, 'volume_type')]).toEqual([
          200,
          {
            ...{ id, name, is_public: false, extra_specs: { k: 'v' }, description: 'd' },
            'os-volume-type-access:is_public': false,
          },
        ]);
      });

      afterAll(async () => {
        await type('DELETE', '');
      });

      it('are unique by name', async () => {
        expect(refusal(await cinder(admin, 'POST', '/types', { volume_type: { name } }))).toEqual([
          ...[409, `Volume Type ${name} already exists.`],
        ]);
        expect(refusal(await cinder(admin, 'POST', '/types', { volume_type: { name: ' ' } }))).toEqual([
          ...[400, "An invalid 'name' value was provided. The 'name' can not be empty."],
        ]);
        expect(refusal(await cinder(tenant.session, 'POST', '/types', { volume_type: { name: 'x' } }))).toEqual([
          ...[403, "Policy doesn't allow volume_extension:type_create to be performed."],
        ]);
      });

      it('are listed to admins with is_public=None, private ones to nobody else', async () => {
        const names = async (session: Session, query: string): Promise<unknown[]> =>
          listOf(await cinder(session, 'GET', `/types${query}`), 'volume_types').map((row) => valueOf(row, 'name'));
        expect(await names(admin, '?is_public=None')).toContain(name);
        expect(await names(admin, '')).not.toContain(name);
        expect(await names(tenant.session, '?is_public=None')).not.toContain(name);
        expect(await names(tenant.session, '')).toContain('__DEFAULT__');
        expect(at(await type('GET', ''), 'volume_type')).toEqual({
          ...{ id, name, is_public: false, description: 'd', extra_specs: { k: 'v' }, qos_specs_id: null },
          'os-volume-type-access:is_public': false,
        });
        const missing = await cinder(tenant.session, 'GET', `/types/${id}`);
        expect(refusal(missing)).toEqual([404, `Volume type ${id} could not be found.`]);
      });

      it('have extra specs', async () => {
        expect((await type('POST', '/extra_specs', { extra_specs: { a: 'b' } })).body).toEqual({
          extra_specs: { a: 'b' },
        });
        expect((await type('PUT', '/extra_specs/a', { a: 'c' })).body).toEqual({ a: 'c' });
        expect((await type('GET', '/extra_specs')).body).toEqual({ extra_specs: { k: 'v', a: 'c' } });
        expect((await type('DELETE', '/extra_specs/a')).status).toBe(202);
        expect(refusal(await type('GET', '/extra_specs/a'))).toEqual([
          ...[404, `Volume Type ${id} has no extra specs with key a.`],
        ]);
      });

      it('are usable by the projects that have access', async () => {
        const project = tenant.session.projectId;
        const access = (action: string): Promise<Answer> => type('POST', '/action', { [action]: { project } });
        expect((await type('GET', '/os-volume-type-access')).body).toEqual({ volume_type_access: [] });
        expect((await access('addProjectAccess')).status).toBe(202);
        expect(refusal(await access('addProjectAccess'))).toEqual([
          ...[409, `Volume type access for ${id} / ${project} combination already exists.`],
        ]);
        expect((await type('GET', '/os-volume-type-access')).body).toEqual({
          volume_type_access: [{ volume_type_id: id, project_id: project }],
        });
        expect((await cinder(tenant.session, 'GET', `/types/${id}`)).status).toBe(200);
        expect((await access('removeProjectAccess')).status).toBe(202);
        expect(refusal(await access('removeProjectAccess'))).toEqual([
          ...[404, `Volume type access not found for ${id} / ${project} combination.`],
        ]);
      });

      it('may be encrypted', async () => {
        const encryption = {
          provider: 'luks',
          control_location: 'front-end',
          cipher: 'aes-xts-plain64',
          key_size: 256,
        };
        expect((await type('GET', '/encryption')).body).toEqual({});
        const created = await type('POST', '/encryption', { encryption });
        const encryptionId = text(created, 'encryption', 'encryption_id');
        expect(at(created, 'encryption')).toEqual({ ...encryption, volume_type_id: id, encryption_id: encryptionId });
        expect(refusal(await type('POST', '/encryption', { encryption }))).toEqual([
          ...[400, `Volume type encryption for type ${id} already exists.`],
        ]);
        expect((await type('GET', '/encryption')).body).toMatchObject({ ...encryption, encryption_id: encryptionId });
        expect((await type('GET', '/encryption/cipher')).body).toEqual({ cipher: 'aes-xts-plain64' });
        expect((await type('DELETE', `/encryption/${encryptionId}`)).status).toBe(202);
        expect(refusal(await type('DELETE', `/encryption/${encryptionId}`))).toEqual([
          ...[404, `Volume type encryption for type ${id} does not exist.`],
        ]);
      });

      it('may have QoS specs', async () => {
        const qos = { name: uniqueName('qos'), consumer: 'front-end', total_iops_sec: '500' };
        const qosId = text(await cinder(admin, 'POST', '/qos-specs', { qos_specs: qos }), 'qos_specs', 'id');
        const call = (method: string, path: string): Promise<Answer> =>
          cinder(admin, method, `/qos-specs/${qosId}${path}`);
        expect((await call('GET', `/associate?vol_type_id=${id}`)).status).toBe(202);
        expect(at(await type('GET', ''), 'volume_type', 'qos_specs_id')).toBe(qosId);
        expect((await call('GET', '/associations')).body).toEqual({
          qos_associations: [{ association_type: 'volume_type', name, id }],
        });
        expect(refusal(await call('DELETE', ''))).toEqual([400, 'Qos specs still in use.']);
        expect((await call('GET', `/disassociate?vol_type_id=${id}`)).status).toBe(202);
        expect((await call('DELETE', '')).status).toBe(202);
        expect(refusal(await call('GET', ''))).toEqual([404, `No such QoS spec ${qosId}.`]);
      });

      it('change, and stay while they are the default', async () => {
        const renamed = await type('PUT', '', { volume_type: { name: `${name}-2`, description: 'e' } });
        expect(at(renamed, 'volume_type')).toMatchObject({ name: `${name}-2`, description: 'e' });
        expect(refusal(await type('PUT', '', { volume_type: {} }))).toEqual([
          ...[400, 'Specify volume type name, description, is_public or a combination thereof.'],
        ]);
        const standard = text(await cinder(admin, 'GET', '/types/default'), 'volume_type', 'id');
        expect(refusal(await cinder(admin, 'DELETE', `/types/${standard}`))).toEqual([
          ...[400, `The volume type ${standard} is a default volume type and cannot be deleted.`],
        ]);
        expect(refusal(await cinder(admin, 'GET', `/types/${standard}/os-volume-type-access`))).toEqual([
          ...[404, 'Access list not available for public volume types.'],
        ]);
      });
    });
  });
}

function cinder(session: Session, method: string, path: string, json?: object, version = NEWEST): Promise<Answer> {
  const headers = { 'OpenStack-API-Version': `volume ${version}` };
  return session.call('volumev3', method, path, json === undefined ? { headers } : { json, headers });
}

function gone(answer: Answer): boolean {
  return answer.status === 404;
}

/** Status and message of a refusal. */
function refusal(answer: Answer): [status: number, message: unknown] {
  const [name = ''] = Object.keys(Object(answer.body));
  expect(at(answer, name, 'code')).toBe(answer.status);
  return [answer.status, at(answer, name, 'message')];
}

function listOf(answer: Answer, key: string): unknown[] {
  const list = at(answer, key);
  return Array.isArray(list) ? list : [];
}

function valueOf(row: unknown, key: string): unknown {
  return at({ body: row }, key);
}

function hashOfZeros(size: number): string {
  const hash = createHash('sha512');
  const block = Buffer.alloc(1024 * 1024);
  for (let left = size; left > 0; left -= block.length) hash.update(block.subarray(0, Math.min(left, block.length)));
  return hash.digest('hex');
}
