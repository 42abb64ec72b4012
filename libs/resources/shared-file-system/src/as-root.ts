import { Failure } from '@osm/kernel';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A program that runs, and how it ended. */
export interface Running {
  readonly child: ChildProcess;
  /** Its exit code, null when a signal ended it, and what it complained of. Never rejects but where it cannot be started. */
  readonly ended: Promise<{ readonly code: number | null; readonly complaint: string }>;
}

/**
 * Starts a tool of this machine with the rights to mount and to give files to others: by itself where this process is
 * root's, through `sudo -n` otherwise. Complaints come in English. It ends with the signal.
 */
export const asRoot = (
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  stdio: readonly ['pipe' | 'ignore', 'pipe' | 'ignore'] = ['ignore', 'ignore'],
): Running => {
  const isRoot = process.getuid?.() === 0;
  const [program, all] = isRoot ? [command, args] : ['sudo', ['-n', 'env', 'LC_ALL=C', command, ...args]];
  const child = spawn(program, all, {
    stdio: [...stdio, 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
    signal,
  });
  const complaints = child.stderr === null ? Promise.resolve('') : text(child.stderr);
  const ended = new Promise<number | null>((resolve, reject) => {
    // One that was told to stop is still there until it has closed: it may hold what is to be unmounted.
    let stopped: Error | undefined;
    child.once('error', (error) => {
      stopped = cannotStart(program, command, error);
      if (child.pid === undefined) reject(stopped);
    });
    child.once('close', (code) => (stopped === undefined ? resolve(code) : reject(stopped)));
  }).then(async (code) => {
    const complaint = (await complaints).trim().slice(0, 2000);
    if (!isRoot && /^sudo: (a password is required|.*may not|.*not allowed|.*no tty)/m.test(complaint)) {
      throw mayNot(command, complaint);
    }
    return { code, complaint };
  });
  // Whoever is interested awaits it; until then a failure is nobody's unhandled one.
  ended.catch(() => undefined);
  return { child, ended };
};

/** Runs such a tool to its end. Raises `machine-refused` where it fails. */
export const runAsRoot = async (
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  remedy: string,
): Promise<void> => {
  const { code, complaint } = await asRoot(command, args, signal).ended;
  if (code === 0) return;
  throw new Failure('machine-refused', `cannot ${command} ${args.join(' ')}: ${complaint || `exit ${String(code)}`}`, {
    remedy,
  });
};

/** Whether this host has a tool, as whoever runs this service. */
export const runsHere = async (command: string, args: readonly string[], signal: AbortSignal): Promise<boolean> => {
  const child = spawn(command, args, { stdio: 'ignore', signal });
  try {
    await once(child, 'close');
    return child.exitCode === 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
};

/** The Debian package of a tool; others call them alike. */
const packages: { readonly [command: string]: string } = {
  mount: 'mount and nfs-common',
  umount: 'mount',
  tar: 'tar (GNU tar)',
  find: 'findutils (GNU find)',
  sudo: 'sudo, or run as root',
};

const cannotStart = (program: string, command: string, error: Error): Error => {
  const missing = 'code' in error && error.code === 'ENOENT';
  if (!missing) return error;
  return new Failure('tool-missing', `cannot run ${command} on this host: ${program} is not installed`, {
    remedy: `Install ${packages[program] ?? program} on every host that runs data-transfer, then retry.`,
  });
};

const mayNot = (command: string, complaint: string): Failure =>
  new Failure('not-root', `cannot run ${command} on this host: ${complaint}`, {
    remedy: 'Run data-transfer as root, or let its user run env through sudo without a password.',
  });
