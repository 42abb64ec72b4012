import { isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import { PolicySchema, type StepContext } from '@osm/resource';
import { shareDirectory, startFakeCloud, writeMountCommands } from '@osm/testing/fake-openstack';
import { describePayload, type PayloadFault } from '@osm/testing/payload-contract';
import { unheard } from '@osm/testing/ports';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { migrateContents } from './migrate-contents.ts';
import { share } from './share.ts';
import { writeVersion } from './write-version.ts';

const service = 'shared-file-system';
const route = { source: 'one', destination: 'one' };
const clock = {
  now: () => new Date(),
  sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, Math.min(ms, 20))),
};

describePayload({
  name: 'the file of a share, by the built-in walker',
  without: {
    'unknown-size': 'no tree says beforehand how many bytes its stream has',
    giant: 'what runs through here are the bytes of two programs: see the mover’s own cases',
  },
  open: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'osm-payload-'));
    writeMountCommands(folder);
    writeTools(folder);
    vi.stubEnv('REAL_PATH', process.env['PATH'] ?? '');
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    const fake = await startFakeCloud({
      ...{ name: 'one', region: 'RegionOne', release: 'zed', networkType: 'vxlan', volumeTypes: ['ssd'] },
      adminPassword: 'secret',
    });
    const text = JSON.stringify({ clouds: { one: fake.adminCloudsYamlEntry } });
    const cloud = openCloud('one', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('one'));
    const makeShare = async (): Promise<string> => {
      const body = { share: { size: 1, share_proto: 'NFS' } };
      const answer = await cloud.send(service, { method: 'POST', path: '/shares', body, microversion: writeVersion });
      const id = String(shareIn(answer.body)['id']);
      const path = `/shares/${id}`;
      await vi.waitFor(async () => {
        const { body: shown } = await cloud.send(service, { method: 'GET', path, microversion: writeVersion });
        if (shareIn(shown)['status'] !== 'available') throw new Error('the share is not there yet');
      }, 20_000);
      return id;
    };
    const destinationId = await makeShare();
    /** Contents count when the step that copies them has succeeded. */
    let complete = false;
    return {
      put: async (bytes) => {
        const id = await makeShare();
        writeFileSync(path.join(shareDirectory(fake, id), 'file'), bytes);
        return id;
      },
      copy: async (id, signal) => {
        const ref = { type: 'share', id };
        const context: StepContext = {
          ...{ route, ref, handler: share, attributes: {}, outputs: {}, history: [], destinationId },
          policy: PolicySchema.parse({ temporary_migration_dir: path.join(folder, 'here'), copy_passes: 1 }),
          marker: marker(route, ref.type, id, 'contents'),
          ...{ twinOf: () => undefined, source: cloud, destination: cloud, clock, signal },
          ...unheard,
        };
        complete = false;
        await migrateContents.run(context);
        complete = true;
      },
      arrived: async () =>
        complete ? readFileSync(path.join(shareDirectory(fake, destinationId), 'file')) : undefined,
      spoil: async (fault) => {
        writeFileSync(path.join(folder, 'fault'), fault);
        await vi.waitFor(() => {
          if (!existsSync(path.join(folder, `${fault}-met`))) throw new Error(`${fault} has not happened yet`);
        }, 60_000);
      },
      [Symbol.asyncDispose]: async () => {
        cloud.close();
        await fake.close();
        vi.unstubAllEnvs();
        rmSync(folder, { recursive: true });
      },
    };
  },
});

const shareIn = (body: unknown): JsonObject => {
  const share = isJsonObject(body) ? body['share'] : undefined;
  return isJsonObject(share) ? share : {};
};

/** A host without rsync, and with a tar that does what it is told to be spoiled with, the next time that it copies. */
const writeTools = (folder: string): void => {
  const tools = { rsync: 'process.exit(1);', tar: spoiledTar };
  for (const [name, source] of Object.entries(tools)) {
    writeFileSync(path.join(folder, name), `#!${process.execPath}\n${source}`);
    chmodSync(path.join(folder, name), 0o755);
  }
};

/** Of a fault that meets the reading tar, and one that meets the writing one. */
const atReading: readonly PayloadFault[] = ['truncated', 'corrupted', 'garbage-after', 'stuck', 'slow-source'];

const spoiledTar = `
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const order = path.join(__dirname, 'fault');
const asked = fs.existsSync(order) ? fs.readFileSync(order, 'utf8') : '';
const reads = args.includes('--files-from=-');
const isMine = reads ? ${JSON.stringify(atReading)}.includes(asked) : args.includes('--extract') && asked === 'slow-destination';
const fault = isMine ? asked : '';
const met = () => fs.writeFileSync(path.join(__dirname, fault + '-met'), '');
const env = { ...process.env, PATH: process.env.REAL_PATH };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
if (fault !== '') fs.unlinkSync(order);
const main = async () => {
  if (fault === '') {
    const tar = spawn('tar', args, { env, stdio: 'inherit' });
    process.on('SIGTERM', () => tar.kill());
    tar.on('close', (code) => process.exit(code ?? 1));
    return;
  }
  if (fault === 'slow-destination') {
    const tar = spawn('tar', args, { env, stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = new Promise((done) => tar.on('close', done));
    for await (const chunk of process.stdin) {
      await new Promise((done) => tar.stdin.write(chunk, done));
      await pause(2);
    }
    met();
    tar.stdin.end();
    process.exit(await ended);
  }
  const tar = spawn('tar', args, { env, stdio: ['inherit', 'pipe', 'inherit'] });
  const ended = new Promise((done) => tar.on('close', done));
  const send = (bytes) => new Promise((done) => process.stdout.write(bytes, done));
  const half = 1500000;
  let at = 0;
  for await (const chunk of tar.stdout) {
    const holdsHalf = at <= half && half < at + chunk.length;
    if (holdsHalf && fault === 'truncated') {
      await send(chunk.subarray(0, half - at));
      met();
      process.stderr.write('tar: ./file: Read error at byte ' + half + ': Input/output error\\n');
      process.exit(2);
    }
    if (holdsHalf && fault === 'stuck') {
      met();
      await pause(1e9);
    }
    if (holdsHalf && fault === 'corrupted') {
      chunk[half - at] ^= 1;
      met();
    }
    if (fault === 'slow-source') await pause(2);
    await send(chunk);
    at += chunk.length;
  }
  if (fault === 'garbage-after') await send(Buffer.alloc(100000, 'garbage'));
  if (fault === 'garbage-after' || fault === 'slow-source') met();
  process.exit(await ended);
};
main();
`;
