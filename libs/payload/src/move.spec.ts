import { Failure } from '@osm/kernel';
import { discard, readerOf, type Reader, type Writer } from '@osm/resource';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBandwidth } from './bandwidth.ts';
import { openMover, type MoverOptions } from './open-mover.ts';

const moverWith = (options: MoverOptions & { readonly signal?: AbortSignal } = {}) => {
  const heard: (readonly [number, number | undefined])[] = [];
  const move = openMover(options)({
    route: { source: 'a', destination: 'b' },
    signal: options.signal ?? new AbortController().signal,
    progress: (bytes, total) => heard.push([bytes, total]),
  });
  return { heard, move };
};

/** Gives these chunks; then goes on for ever, where it is told to hang. */
const reader = (chunks: readonly Uint8Array[], end: 'ends' | 'hangs' | Error = 'ends', size?: number) => {
  const state = { closed: 0 };
  const made: Reader = {
    size,
    read: async (take) => {
      for (const chunk of chunks) await take(chunk);
      if (end === 'hangs') await new Promise(() => undefined);
      if (end instanceof Error) throw end;
    },
    close: () => (state.closed += 1),
  };
  return { ...made, state };
};

const keeper = (write: Writer['write'] = () => undefined) => {
  const state: { bytes: Buffer; aborted: unknown; ended: boolean } = {
    bytes: Buffer.alloc(0),
    aborted: undefined,
    ended: false,
  };
  const writer: Writer<string> = {
    write: (chunk) => {
      state.bytes = Buffer.concat([state.bytes, chunk]);
      return write(chunk);
    },
    end: () => {
      state.ended = true;
      return Promise.resolve('thanks');
    },
    abort: (reason) => (state.aborted ??= reason),
  };
  return { ...writer, state };
};

const chunks = [randomBytes(1000), randomBytes(2000), randomBytes(1)];
const whole = Buffer.concat(chunks);

describe('a move', () => {
  it('hands everything over, and answers what the other side says', async () => {
    const to = keeper();
    const { move, heard } = moverWith();
    expect(await move(reader(chunks), to)).toEqual({ bytes: 3001, hash: undefined, receipt: 'thanks' });
    expect(to.state.bytes.equals(whole)).toBe(true);
    expect(heard.at(-1)).toEqual([3001, undefined]);
  });

  it('counts on from what was there before, and ends with the exact number', async () => {
    const { move, heard } = moverWith();
    await move(readerOf(whole), discard(), { already: 500 });
    expect(heard.at(-1)).toEqual([3501, 3501]);
    await move(readerOf(whole), discard(), { already: 500, total: 9000 });
    expect(heard.at(-1)).toEqual([3501, 9000]);
  });

  it('tells how far it is not more often than ten times a second', async () => {
    const { move, heard } = moverWith();
    await move(reader(Array.from({ length: 5000 }, () => Buffer.alloc(10))), discard());
    expect(heard.length).toBeLessThan(100);
    expect(heard.at(-1)?.[0]).toBe(50_000);
  });

  it.each(['sha512', 'sha256', 'md5'] as const)('hashes with %s what passes', async (hash) => {
    const large = [...chunks, randomBytes(3_000_000), randomBytes(2_000_000)];
    const expected = createHash(hash).update(Buffer.concat(large)).digest('hex');
    expect((await moverWith().move(reader(large), discard(), { hash })).hash).toBe(expected);
  });

  it('keeps the order of chunks that are lent together, with and without a limit', async () => {
    const bandwidth = openBandwidth(20_000_000);
    const { move } = moverWith({ bandwidth });
    const many = Array.from({ length: 200 }, () => randomBytes(5000));
    const to = keeper(() => sleep(0));
    const eager: Reader = {
      size: undefined,
      read: async (take) => {
        const taken = many.map(async (chunk, index) => {
          if (index === 100) bandwidth.limit = undefined;
          await take(chunk);
        });
        await Promise.all(taken);
      },
      close: () => undefined,
    };
    await move(eager, to);
    expect(to.state.bytes.equals(Buffer.concat(many))).toBe(true);
  });

  it('fails where its source has another size than it said', async () => {
    const to = keeper();
    await expect(moverWith().move(reader(chunks, 'ends', 4000), to)).rejects.toMatchObject({ code: 'wrong-size' });
    expect([to.state.ended, to.state.aborted]).toEqual([false, expect.any(Failure)]);
  });

  it('lets go of both ends, whatever fails first', async () => {
    const broken = new Error('broken');
    const failing = [
      { from: reader(chunks, broken), to: keeper() },
      { from: reader(chunks), to: keeper(() => Promise.reject(broken)) },
      {
        from: reader(chunks),
        to: keeper(() => {
          throw broken;
        }),
      },
      { from: reader(chunks), to: { ...keeper(), end: () => Promise.reject(broken) } },
    ];
    for (const { from, to } of failing) {
      await expect(moverWith().move(from, to, { hash: 'md5' })).rejects.toBe(broken);
      expect([to.state.aborted, from.state.closed]).toEqual([broken, 1]);
    }
  });

  it.each([
    ['source', (): ReturnType<typeof keeper> => keeper()],
    ['destination', (): ReturnType<typeof keeper> => keeper(() => new Promise(() => undefined))],
  ])('fails where nothing moves for too long, and says that it is the %s', async (side, to) => {
    const from = reader(chunks, 'hangs');
    const { move } = moverWith({ stallSeconds: 0.2 });
    const failure = move(from, to());
    await expect(failure).rejects.toMatchObject({ code: 'stalled', disposition: 'retry' });
    await expect(failure).rejects.toThrow(`the ${side} has not`);
    expect(from.state.closed).toBe(1);
  });

  it('does not take the limit for a stall', async () => {
    const bandwidth = openBandwidth(1);
    const { move } = moverWith({ bandwidth, stallSeconds: 0.1 });
    const moved = move(reader(chunks), keeper());
    await sleep(600);
    bandwidth.limit = undefined;
    expect((await moved).bytes).toBe(3001);
  });

  it.each(['mover', 'step'])('ends when the %s calls it off, with whatever it waits for', async (whose) => {
    const controller = new AbortController();
    const { move } = moverWith(whose === 'mover' ? { signal: controller.signal } : {});
    const [from, to] = [reader(chunks, 'hangs'), keeper()];
    const moved = move(from, to, whose === 'step' ? { signal: controller.signal } : {});
    controller.abort(new Error('enough'));
    await expect(moved).rejects.toThrow('enough');
    expect([to.state.ended, to.state.aborted, from.state.closed]).toEqual([false, new Error('enough'), 1]);
    await expect(move(reader(chunks), keeper(), { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow();
  });
});
