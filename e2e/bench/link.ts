/**
 * A link between two places: a relay to a port that lets through so many bytes per second each way, whatever the number
 * of connections, and counts them. Started by `startLink`, in a process of its own.
 */
import { connect, createServer, type Socket } from 'node:net';
import { tokenBucket, type TokenBucket } from './token-bucket.ts';

/** The argument of the program, as JSON. */
export interface LinkOptions {
  readonly port: number;
  readonly bytesPerSecond: number;
}

const { port, bytesPerSecond } = JSON.parse(process.argv[2] ?? '{}') as LinkOptions;
const [out, back] = [tokenBucket(bytesPerSecond), tokenBucket(bytesPerSecond)];
let passed = 0;

const join = (from: Socket, to: Socket, bucket: TokenBucket): void => {
  from.on('data', (bytes: Buffer) => {
    passed += bytes.length;
    const pause = bucket.take(bytes.length);
    const isFull = !to.write(bytes);
    if (!isFull && pause === 0) return;
    from.pause();
    const resume = (): void => void setTimeout(() => from.resume(), pause);
    if (isFull) to.once('drain', resume);
    else resume();
  });
  from.on('end', () => to.end());
  // A broken side breaks the other; why it broke is told there.
  from.on('error', () => to.destroy());
};

const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  join(near, far, out);
  join(far, near, back);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
});
// Whatever it is told, it answers the bytes that have passed since it was told last.
process.on('message', () => {
  process.send?.(passed);
  passed = 0;
});
process.on('disconnect', () => process.exit());
