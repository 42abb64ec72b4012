import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpolated, readCompose } from './compose.mjs';
import { root } from './osm-imports.mjs';

const { services, volumes } = readCompose();
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');

/** What runs as a service: not the command line, and not the demo. */
const programs = readdirSync(path.join(root, 'apps')).filter(
  (app) => existsSync(path.join(root, 'apps', app, 'src/main.ts')) && app !== 'cli' && app !== 'demo',
);

describe('docker-compose.yml and the Dockerfile', () => {
  it.each(programs)('have a service and a target for %s', (app) => {
    expect(services[app]?.build?.target).toBe(app);
    expect(dockerfile).toContain(`FROM program AS ${app}\nCMD ["node", "dist/apps/${app}/main.js"]\n`);
  });

  it.each(ours)('give %s nothing that it does not need', (name, service) => {
    expect(service).toMatchObject({ read_only: true, user: 'node', cap_drop: ['ALL'] });
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    // A volume's owner comes from the image, and that of a tmpfs is said.
    const data = [...service.volumes, ...(service.tmpfs ?? [])].filter((mount) => mount.includes('/data'));
    expect(data, name).toHaveLength(1);
    expect(dockerfile).toContain('install -d -o node -g node /data');
  });

  it('let no other machine in, and nobody but the gateway answer', () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
      if (ports.length > 0) expect(['gateway', 'all-in-one']).toContain(name);
    }
  });

  it('name exact versions, and only what is there', () => {
    for (const [name, { image, volumes: mounts, depends_on: needs = {} }] of Object.entries(services)) {
      expect(image, name).toMatch(/:\d/);
      for (const mount of mounts)
        if (!mount.startsWith('./')) expect(volumes).toHaveProperty(mount.split(':')[0] ?? '');
      for (const need of Object.keys(needs))
        expect(services[need]?.healthcheck, `${name} waits for ${need}`).toBeDefined();
    }
  });

  it('ask for passwords, and connect to three servers where the cluster is wanted', () => {
    const url = services['planner']?.environment['OPENSTACK_MIGRATE_EVENT_LOG'] ?? '';
    expect(() => interpolated(url, {})).toThrow('OSM_NATS_PASSWORD');
    expect(interpolated(url, { OSM_NATS_PASSWORD: 'p' })).toBe('nats://services:p@nats:4222');
    expect(interpolated(url, { OSM_NATS_PASSWORD: 'p', OSM_NATS_CLUSTER: '1' })).toBe(
      'nats://services:p@nats:4222,nats://nats-2:4222,nats://nats-3:4222',
    );
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).error === undefined;

describe.skipIf(!analyze)('the unit of systemd', () => {
  it('is one that systemd understands, but for the program that is not installed here', () => {
    const unit = path.join(root, 'deploy/openstack-migrate.service');
    const { stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    const complaints = stderr.split('\n').filter((line) => line !== '' && !line.includes('is not executable'));
    expect(complaints).toEqual([]);
  });
});
