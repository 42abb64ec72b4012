import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isFailure, type Failure } from '@osm/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';
import { slotsOf } from './settings.ts';

describe('readSettings', () => {
  let directory: string;
  const env = { HOME: '/home/ada' };

  const configured = (text: string): string => {
    const file = path.join(directory, 'config.yaml');
    writeFileSync(file, text);
    return file;
  };

  const refusal = async (file: string): Promise<Failure> => {
    try {
      await readSettings({ env, file });
    } catch (error) {
      if (isFailure(error)) return error;
      throw error;
    }
    throw new Error('it was taken');
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'osm-settings-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('has the defaults of the Python tool', async () => {
    const { policy, ...settings } = await readSettings({ env });
    expect(settings).toMatchObject({
      dataDirectory: '/home/ada/.local/share/openstack-migrate/sqlite.db.d',
      databaseFile: '/home/ada/.local/share/openstack-migrate/sqlite.db',
      eventLog: 'embedded:',
      sourceCloud: undefined,
      slots: 8,
      settleSeconds: 5,
      leaseSeconds: 60,
      logLevel: 'info',
    });
    expect(policy).toMatchObject({
      multitenant_mode: true,
      volume_upload_timeout: 1800,
      preserve_share_type: true,
      preserve_router_ip: true,
      preserve_volume_type: false,
      member_role_name: 'member',
    });
  });

  it('reads a file of the Python tool, with its texts and booleans', async () => {
    const file = configured(`
log_level: warning
cloud_config_file: ~/clouds.yaml
source_cloud_name: old
destination_cloud_name: new
database_file: $HOME/state/sqlite.db
multitenant_mode: no
preserve_volume_type: "yes"
volume_upload_timeout: "60"
manila_local_access_ip: null
`);
    expect(await readSettings({ env, file })).toMatchObject({
      cloudConfigFile: '/home/ada/clouds.yaml',
      sourceCloud: 'old',
      destinationCloud: 'new',
      dataDirectory: '/home/ada/state/sqlite.db.d',
      logLevel: 'warning',
      policy: { multitenant_mode: false, preserve_volume_type: true, volume_upload_timeout: 60 },
    });
  });

  it('lets the environment speak over the file, and what was typed over both', async () => {
    const file = configured('data_directory: /from/file\nevent_log: "nats://file:4222"\n');
    const heard = { ...env, OPENSTACK_MIGRATE_CONFIG: file };
    expect(await readSettings({ env: heard })).toMatchObject({
      dataDirectory: '/from/file',
      eventLog: 'nats://file:4222',
    });
    const loud = { ...heard, OPENSTACK_MIGRATE_DATA: '/from/env', OPENSTACK_MIGRATE_EVENT_LOG: 'embedded:' };
    expect(await readSettings({ env: loud })).toMatchObject({ dataDirectory: '/from/env', eventLog: 'embedded:' });
    expect((await readSettings({ env: loud, overrides: { dataDirectory: '/typed' } })).dataDirectory).toBe('/typed');
  });

  it('reads limits with their units, and slots by service', async () => {
    const text =
      'bandwidth_limit: 50MB/s\ntransfers_per_cloud: 4\nstall_timeout: 30\nslots: {compute: 2, otherwise: 3}\n';
    const settings = await readSettings({ env, file: configured(text) });
    expect(settings.transfers).toEqual({
      bandwidth: 50_000_000,
      insisted: false,
      perCloud: 4,
      perBackend: undefined,
      stallSeconds: 30,
    });
    const slots = (service: string): number => slotsOf(settings.slots, service);
    expect([slots('compute'), slots('network')]).toEqual([2, 3]);
    expect(slotsOf({ compute: 2 }, 'network')).toBe(8);
    const file = configured('bandwidth_limit: 1000000\npriority: low\n');
    const told = await readSettings({ env, file, overrides: { bandwidth: 'none', priority: 'high' } });
    expect(told).toMatchObject({ policy: { priority: 'high' }, transfers: { bandwidth: undefined, insisted: true } });
    expect((await readSettings({ env, file })).transfers.bandwidth).toBe(1_000_000);
    expect((await readSettings({ env, file: configured('bandwidth_limit: 0\n') })).transfers.bandwidth).toBeUndefined();
  });

  it('takes an empty file for no settings', async () => {
    expect((await readSettings({ env, file: configured('# nothing\n') })).slots).toBe(8);
  });

  it('names the nearest known key for an unknown one', async () => {
    const failure = await refusal(configured('source_cloud: old\n'));
    expect(failure).toMatchObject({ code: 'unknown-config-key', remedy: 'Did you mean source_cloud_name?' });
    expect(failure.message).toContain('source_cloud');
    expect((await refusal(configured('xyzzy: 1\n'))).remedy).toMatch(/^Remove xyzzy; /);
  });

  it.each([
    ['multitenant_mode: maybe', 'multitenant_mode', 'it must be true or false'],
    ['volume_upload_timeout: soon', 'volume_upload_timeout', 'it must be'],
    ['image_transfer_chunk_size: 0', 'image_transfer_chunk_size', 'it must be greater than 0'],
    ['source_cloud_name: 7', 'source_cloud_name', 'it must'],
    ['log_level: loud', 'log_level', 'it must be one of debug, info, warning, error'],
    ['bandwidth_limit: fast', 'bandwidth_limit', 'it must be bytes per second'],
    ['transfers_per_cloud: some', 'transfers_per_cloud', 'it must be'],
    ['slots: {neutron: 2}', 'slots', 'whole numbers by service'],
    ['slots: 0', 'slots', 'it must be a whole number'],
    ['priority: urgent', 'priority', 'it must be one of high, normal, low'],
    ['event_log: file', 'event_log', 'it must be embedded:'],
    ['member_role_name:', 'member_role_name', 'it must be text'],
  ])('names the key of a wrong value: %s', async (text, key, why) => {
    const failure = await refusal(configured(text));
    expect(failure.code).toBe('bad-config-value');
    expect(failure.message).toContain(`cannot use ${key} in the configuration`);
    expect(failure.message).toContain(why);
  });

  it('says which file cannot be read, and why', async () => {
    const absent = await refusal('/nowhere/config.yaml');
    expect(absent).toMatchObject({
      code: 'unreadable-config',
      message: 'cannot read the configuration /nowhere/config.yaml: there is no such file',
    });
    expect((await refusal(configured('a: [1\n'))).message).toMatch(/config\.yaml: .+ at line \d+/);
    expect((await refusal(configured('- a\n'))).message).toContain('it is not a list of keys with values');
    expect((await refusal(directory)).message).toContain('it is a directory');
  });
});
