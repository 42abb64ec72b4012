import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A program of ours that runs as a process of its own. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  /** What it wrote last, both streams. */
  output(): string;
  /** All that it wrote so far. */
  wholeOutput(): string;
  /** Settles when it has ended, with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Tells it to stop, and fails when it does not within ten seconds or not in order. */
  stop(): Promise<void>;
}

export interface ServiceProcessOptions {
  readonly name: string;
  /** The program and its arguments, for this Node. */
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  /** The line after which it counts as started; absent: at once. */
  readonly ready?: RegExp;
  /** Milliseconds in which that line has to come; default 30,000. */
  readonly patienceMs?: number;
}

const root = path.resolve(import.meta.dirname, '../../../..');

/** The bundle of an app, which `node tools/build.mjs` makes. */
export const bundleOf = (app: string): string => {
  const file = path.join(root, 'dist/apps', app, 'main.js');
  if (existsSync(file)) return file;
  throw new Error(`${app} is not built; build it with: npm run build`);
};

/** Starts a program and waits until it says that it is ready. A test that fails does not leave it to the machine. */
export const startProcess = async (options: ServiceProcessOptions): Promise<ServiceProcess> => {
  const { name, args, env, ready, patienceMs = 30_000 } = options;
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  const lines: string[] = [];
  const output = (): string => lines.slice(-200).join('\n');
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      process.removeListener('exit', atExit);
      resolve(code);
    }),
  );
  const started = Promise.withResolvers<void>();
  if (ready === undefined) started.resolve();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (ready?.test(line) === true) started.resolve();
    });
  }
  const inVain = (why: string) => new Error(`${name} did not start: ${why}\n${output()}`);
  const timer = setTimeout(() => started.reject(inVain(`it took more than ${patienceMs / 1000} s`)), patienceMs);
  child.once('error', (error) => started.reject(inVain(error.message)));
  void ended.then((code) => started.reject(inVain(`it ended with ${code}`)));
  try {
    await started.promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = Promise.withResolvers<'late'>();
    const patience = setTimeout(() => late.resolve('late'), 10_000);
    const code = await Promise.race([ended, late.promise]);
    clearTimeout(patience);
    if (code === 'late') await kill();
    if (code !== 0) throw new Error(`${name} did not stop in order (${code ?? 'killed'}):\n${output()}`);
  };
  const wholeOutput = (): string => lines.join('\n');
  return { name, pid: child.pid ?? 0, output, wholeOutput, ended, kill, stop };
};
