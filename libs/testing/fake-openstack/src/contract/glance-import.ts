/** What Glance does with imports, as laws that the fake and real clouds pass alike. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session } from './glance-session.ts';
import { at, signIn, text, uniqueName, until } from './glance-session.ts';

/** The laws of Glance's imports. `cloudOf` is called once, before the first law. */
export function describeGlanceImport(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`imports of the glance of ${name}`, () => {
    let admin: Session;
    const made: string[] = [];
    const glance = (method: string, path: string, sent?: Parameters<Session['call']>[3]): Promise<Answer> =>
      admin.call('image', method, `/v2/images${path}`, sent);

    beforeAll(async () => {
      admin = await signIn(await cloudOf());
    });
    afterAll(async () => {
      for (const id of made) await glance('DELETE', `/${id}`);
    });

    async function create(json: object = {}): Promise<string> {
      const formats = {
        name: uniqueName('import'),
        disk_format: 'raw',
        container_format: 'bare',
        visibility: 'private',
      };
      const id = text(await glance('POST', '', { json: { ...formats, ...json } }), 'id');
      made.push(id);
      return id;
    }

    const stage = (id: string, bytes: Uint8Array): Promise<Answer> => glance('PUT', `/${id}/stage`, { bytes });
    const begin = (id: string, method: object): Promise<Answer> =>
      glance('POST', `/${id}/import`, { json: { method } });
    const ended = (id: string): Promise<Answer> =>
      until(
        () => glance('GET', `/${id}/tasks`),
        (answer) => ['success', 'failure'].includes(String(at(answer, 'tasks', '0', 'status'))),
      );

    it('stages bytes, imports them, and hashes them as an upload does', async () => {
      const bytes = randomBytes(100_000);
      const id = await create();
      expect((await glance('GET', `/${id}/tasks`)).body).toEqual({ tasks: [] });
      expect((await stage(id, bytes)).status).toBe(204);
      const staged = await glance('GET', `/${id}`);
      expect(staged.body).toMatchObject({ status: 'uploading', size: bytes.length, os_hash_value: null });
      expect((await begin(id, { name: 'glance-direct' })).status).toBe(202);
      const task = at(await ended(id), 'tasks', '0');
      expect(task).toMatchObject({ type: 'api_image_import', status: 'success', result: { image_id: id } });
      const shown = await until(
        () => glance('GET', `/${id}`),
        (answer) => at(answer, 'os_glance_import_task') === undefined,
      );
      expect(shown.body).toMatchObject({
        ...{ status: 'active', size: bytes.length, os_hash_algo: 'sha512' },
        os_hash_value: createHash('sha512').update(bytes).digest('hex'),
        ...{ os_glance_importing_to_stores: '', os_glance_failed_import: '' },
      });
      expect((await glance('GET', `/${id}/file`)).bytes.equals(bytes)).toBe(true);
      expect(said(await begin(id, { name: 'glance-direct' }))).toEqual([
        ...[409, 'Image with status active cannot be target for import'],
      ]);
    });

    it('imports only what is staged, and stages only what is queued', async () => {
      const id = await create();
      expect(said(await begin(id, { name: 'glance-direct' }))).toEqual([
        ...[409, "Image needs to be staged before 'glance-direct' method can be used"],
      ]);
      expect((await stage(id, randomBytes(10))).status).toBe(204);
      expect(said(await stage(id, randomBytes(10)))).toEqual([
        ...[409, 'Image status transition from uploading to uploading is not allowed'],
      ]);
      const file = await glance('PUT', `/${id}/file`, { bytes: randomBytes(10) });
      expect(said(file)).toEqual([409, 'Image status transition from uploading to saving is not allowed']);
      expect(said(await begin(id, { name: 'web-download', uri: 'http://127.0.0.1/x' }))).toEqual([
        ...[409, "Image needs to be in 'queued' state to use 'web-download' method"],
      ]);
    });

    it('refuses an import without a method that it has', async () => {
      const id = await create();
      const json = { method: { name: 'nothing' } };
      expect(said(await glance('POST', `/${id}/import`, { json }))).toEqual([
        400,
        "Unknown import method name 'nothing'.",
      ]);
      expect(said(await glance('POST', `/${id}/import`, { json: {} }))).toEqual([
        ...[400, "Import request requires a 'method' field."],
      ]);
    });

    it('fetches from the ports 80 and 443 alone, unless its owner allows others', async () => {
      const id = await create();
      const uri = 'http://127.0.0.1:8080/x';
      expect(said(await begin(id, { name: 'web-download', uri }))).toEqual([
        ...[400, `URI for web-download does not pass filtering: ${uri}`],
      ]);
      expect((await glance('GET', `/${id}`)).body).toMatchObject({ status: 'queued' });
    });

    it('puts an image back to queued when nothing is there to be fetched, and its task says so', async () => {
      const id = await create();
      expect((await begin(id, { name: 'web-download', uri: 'http://198.18.1.9/nothing' })).status).toBe(202);
      const task = at(await ended(id), 'tasks', '0');
      expect(task).toMatchObject({ status: 'failure', message: 'Task failed due to Internal Error' });
      const shown = await until(
        () => glance('GET', `/${id}`),
        (answer) => at(answer, 'status') === 'queued',
      );
      expect(at(shown, 'os_glance_failed_import')).toMatch(/./);
      expect(at(shown, 'size')).toBeNull();
    });
  });
}

/** Status and explanation of a refusal: what stands below the heading of Glance's page. */
function said(answer: Answer): [status: number, message: string | undefined] {
  const [, message] = /<h1>.*<\/h1>\s*([\s\S]*?)\s*<br \/>/.exec(String(answer.body)) ?? [];
  return [answer.status, message?.replaceAll('&#x27;', "'").replaceAll('&quot;', '"').trim()];
}
