import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cloudFilePath, readCloudFile, type CloudFile } from './cloud-file.ts';
import { readLedger } from './read-ledger.ts';

/** What an earlier demo has left. */
export type Found =
  | { readonly state: 'none' }
  /** They ran once and do so no more. */
  | { readonly state: 'gone' }
  | { readonly state: 'alive'; readonly clouds: CloudFile };

/** Looks for clouds that still run: the process and both addresses have to answer, for a process id is given again. */
export const findCloudProcess = async (folder: string): Promise<Found> => {
  const clouds = await readCloudFile(folder);
  if (clouds === undefined) return { state: 'none' };
  const alive = isAlive(clouds.pid) && (await answers(clouds.source.url)) && (await answers(clouds.destination.url));
  return alive ? { state: 'alive', clouds } : { state: 'gone' };
};

/** Starts both clouds in a process of their own, which outlives this one, and waits until they answer. */
export const startCloudProcess = async (folder: string): Promise<CloudFile> => {
  const log = path.join(folder, 'clouds.log');
  const output = openSync(log, 'w', 0o600);
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [program, 'serve-clouds', folder, String(process.pid)], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  const deadline = Date.now() + 30_000;
  for (;;) {
    const clouds = await readCloudFile(folder);
    if (clouds?.pid === child.pid && clouds !== undefined) return clouds;
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`cannot start the clouds: ${(await readFile(log, 'utf8')).trim() || 'they do not answer'}`);
    }
    await pause(50);
  }
};

/** Ends the clouds and forgets where they were. */
export const stopCloudProcess = async (folder: string, { pid }: CloudFile): Promise<void> => {
  if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + 10_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`cannot stop the clouds: process ${pid} does not end`);
    await pause(20);
  }
  await rm(cloudFilePath(folder), { force: true });
};

/** Whether a process of this id still runs. One that was killed may stay in the table until its parent asks for it. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, and it is somebody else's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
};

const answers = async (url: string): Promise<boolean> => {
  try {
    await readLedger(url, Number.MAX_SAFE_INTEGER);
    return true;
  } catch {
    // Whatever is wrong with it, it is not one of our clouds.
    return false;
  }
};
