import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const living = new Set<ChildProcess>();

/** However this process ends, it leaves nobody behind. Children with a channel also end by themselves when it breaks. */
const watch = (child: ChildProcess): ChildProcess => {
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
};
process.once('exit', () => living.forEach((child) => child.kill()));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A Node program of ours with a channel to it. */
export interface Program {
  /** Its next message. Raises when it ends before. */
  hear<Message>(): Promise<Message>;
  tell(message: object): void;
  end(): Promise<void>;
}

/** Starts a program in a process of its own. */
export const startProgram = (file: string, args: readonly string[]): Program => {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  const child = watch(fork(file, args, { stdio: [...stdio] }));
  const exited = once(child, 'exit');
  const messages: unknown[] = [];
  const hearers: ((message: unknown) => void)[] = [];
  child.on('message', (message) => {
    const hearer = hearers.shift();
    if (hearer === undefined) messages.push(message);
    else hearer(message);
  });
  return {
    hear: async <Message>() => {
      if (messages.length > 0) return messages.shift() as Message;
      const said = new Promise<unknown>((resolve) => hearers.push(resolve));
      const gone = exited.then(([code]) => {
        throw new Error(`${file} ended with ${String(code)} before it answered`);
      });
      return (await Promise.race([said, gone])) as Message;
    },
    tell: (message) => void child.send(message),
    end: async () => {
      child.kill();
      await exited;
    },
  };
};

/** Runs a line of shell; answers what it writes. Raises where it ends badly. */
export const runShell = async (line: string): Promise<string> => {
  const child = watch(spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] }));
  let text = '';
  child.stdout?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const [[code]] = await Promise.all([once(child, 'exit'), child.stdout === null ? undefined : finished(child.stdout)]);
  if (code !== 0) throw new Error(`${line} ended with ${String(code)}`);
  return text;
};

/** Runs a program of ours; answers what it prints. Raises, with what it printed, where it ends badly. */
export const runNode = async (file: string, args: readonly string[]): Promise<string> => {
  const child = watch(spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
  const written: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout?.on('data', (bytes: Buffer) => written.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => errors.push(bytes));
  const [code] = await once(child, 'close');
  const text = Buffer.concat(written).toString();
  if (code === 0) return text;
  throw new Error(`${file} ended with ${String(code)}:\n${text}\n${Buffer.concat(errors).toString()}`);
};
