import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes programs `mount` and `umount` that stand in for an NFS client of fake shares, and `sudo`, which changes nobody.
 * Put the folder first in PATH. Mounting makes a symbolic link to the share's directory, if a rule lets the client in: the
 * address 127.0.0.1, as the fake's exports are there. A mount for writing wants a rule for writing. Each mount adds a line
 * to the file `mounts` in the folder, and each that is there now is a file in `mounted`.
 */
export function writeMountCommands(folder: string): void {
  mkdirSync(path.join(folder, 'mounted'), { recursive: true });
  for (const [name, source] of Object.entries({ mount, umount, sudo })) {
    const file = path.join(folder, name);
    writeFileSync(file, `#!${process.execPath}\n${source}`);
    chmodSync(file, 0o755);
  }
}

const mount = `
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const fail = (text) => { process.stderr.write('mount.nfs: ' + text + '\\n'); process.exit(32); };
const [t, kind, o, options, device, directory] = process.argv.slice(2);
if (t !== '-t' || kind !== 'nfs' || o !== '-o' || directory === undefined) fail('usage: mount -t nfs -o OPTIONS DEVICE DIR');
const at = device.indexOf(':/');
const target = device.slice(at + 1);
if (!fs.existsSync(target)) fail('mounting ' + device + ' failed, reason given by server: No such file or directory');
const client = process.env.OSM_FAKE_CLIENT_IP || '127.0.0.1';
const levels = fs.readFileSync(target + '.access', 'utf8').split('\\n').map((line) => line.split(' ')).filter(([type, to]) => {
  if (type !== 'ip') return false;
  const [base, length] = to.split('/');
  const list = new net.BlockList();
  list.addSubnet(base, Number(length ?? (net.isIPv6(base) ? 128 : 32)), net.isIPv6(base) ? 'ipv6' : 'ipv4');
  return list.check(client, net.isIPv6(client) ? 'ipv6' : 'ipv4');
}).map(([, , level]) => level);
if (levels.length === 0) fail('access denied by server while mounting ' + device);
const access = options.split(',')[0];
if (access === 'rw' && !levels.includes('rw')) fail('mounting ' + device + ' failed: Read-only file system');
fs.rmdirSync(directory);
fs.symlinkSync(target, directory);
fs.appendFileSync(path.join(__dirname, 'mounts'), access + ' ' + device + '\\n');
fs.writeFileSync(path.join(__dirname, 'mounted', encodeURIComponent(directory)), device);
`;

const umount = `
const fs = require('node:fs');
const path = require('node:path');
const directory = process.argv[2];
const mark = path.join(__dirname, 'mounted', encodeURIComponent(directory));
if (!fs.existsSync(mark)) { process.stderr.write('umount: ' + directory + ': not mounted.\\n'); process.exit(32); }
fs.unlinkSync(directory);
fs.mkdirSync(directory);
fs.unlinkSync(mark);
`;

const sudo = `
const { spawnSync } = require('node:child_process');
const [flag, command, ...args] = process.argv.slice(2);
if (flag !== '-n') process.exit(1);
const { status } = spawnSync(command, args, { stdio: 'inherit' });
process.exit(status ?? 1);
`;
