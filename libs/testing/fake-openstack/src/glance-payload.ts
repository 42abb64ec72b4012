/**
 * Bytes of images and volumes, kept in memory. They are held in blocks; runs of zeros, and a block equal to the one
 * before it, cost nothing, so that sparse disks and generated patterns of any size stay small.
 */
import { Readable } from 'node:stream';

/** Size of a block in bytes. */
export const BLOCK_BYTES = 64 * 1024;

/** A run of equal blocks (the last block of a payload may be shorter), or of zeros. */
export interface Run {
  /** The block that repeats; undefined for zeros. */
  readonly block: Buffer | undefined;
  /** Bytes of the whole run. */
  readonly bytes: number;
}

/** Content of an image or a volume. */
export interface Payload {
  readonly size: number;
  readonly runs: readonly Run[];
  /** Bytes are shown by their count. */
  toJSON(): { bytes: number };
}

/** A payload of zeros. */
export function zeros(size: number): Payload {
  return made(size, size === 0 ? [] : [{ block: undefined, bytes: size }]);
}

function made(size: number, runs: readonly Run[]): Payload {
  return { size, runs, toJSON: () => ({ bytes: size }) };
}

/** A payload of these bytes. */
export function payloadOf(bytes: Uint8Array): Payload {
  const builder = new PayloadBuilder();
  builder.push(bytes);
  return builder.finish();
}

/** Gathers a stream into a payload. */
export class PayloadBuilder {
  readonly #runs: { block: Buffer | undefined; bytes: number }[] = [];
  #rest = Buffer.alloc(0);
  #size = 0;

  /** Adds bytes; they are copied. */
  push(bytes: Uint8Array): void {
    this.#size += bytes.byteLength;
    let data = this.#rest.byteLength === 0 ? asBuffer(bytes) : Buffer.concat([this.#rest, bytes]);
    while (data.byteLength >= BLOCK_BYTES) {
      this.#add(data.subarray(0, BLOCK_BYTES));
      data = data.subarray(BLOCK_BYTES);
    }
    this.#rest = Buffer.from(data);
  }

  /** Adds a run as it is, at the cost of one block, wherever no block has been begun; otherwise its bytes. */
  pushRun({ block, bytes }: Run): void {
    if (this.#rest.byteLength > 0) {
      for (const part of blocksOf(made(bytes, [{ block, bytes }]))) this.push(part);
      return;
    }
    const whole = bytes - (bytes % BLOCK_BYTES);
    if (whole > 0) this.#append({ block, bytes: whole });
    if (bytes > whole) this.push((block ?? ZERO).subarray(0, bytes - whole));
    this.#size += whole;
  }

  /** The payload. */
  finish(): Payload {
    if (this.#rest.byteLength > 0) this.#add(this.#rest);
    this.#rest = Buffer.alloc(0);
    return made(this.#size, this.#runs);
  }

  #add(block: Buffer): void {
    const last = this.#runs.at(-1);
    const zero = block.equals(ZERO.subarray(0, block.byteLength));
    if (last !== undefined && continues(last, block, zero)) last.bytes += block.byteLength;
    else this.#runs.push({ block: zero ? undefined : Buffer.from(block), bytes: block.byteLength });
  }

  #append({ block, bytes }: Run): void {
    const last = this.#runs.at(-1);
    const isNext =
      last !== undefined && (block === undefined ? last.block === undefined : continues(last, block, false));
    if (isNext) last.bytes += bytes;
    else this.#runs.push({ block, bytes });
  }
}

const ZERO = Buffer.alloc(BLOCK_BYTES);

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function continues(last: Run, block: Buffer, zero: boolean): boolean {
  if (last.block === undefined || zero) return last.block === undefined && zero;
  return last.block.byteLength === BLOCK_BYTES && last.block.equals(block);
}

/** The bytes, block by block, from `start` up to (not including) `end`. */
export function* blocksOf(payload: Payload, start = 0, end = payload.size): Generator<Buffer> {
  let at = 0;
  for (const run of payload.runs) {
    for (let inRun = 0; inRun < run.bytes; inRun += BLOCK_BYTES) {
      const block = (run.block ?? ZERO).subarray(0, Math.min(BLOCK_BYTES, run.bytes - inRun));
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, block.byteLength);
      if (from < to) yield block.subarray(from, to);
      at += block.byteLength;
      if (at >= end) return;
    }
  }
}

/** The bytes as a stream. */
export function streamOf(payload: Payload, start = 0, end = payload.size): Readable {
  return Readable.from(blocksOf(payload, start, end), { objectMode: false });
}

/** The runs of a part of it; `start` is where a block begins. */
function* runsOf(payload: Payload, start: number, end: number): Generator<Run> {
  let at = 0;
  for (const run of payload.runs) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + run.bytes);
    if (from < to) yield { block: run.block, bytes: to - from };
    at += run.bytes;
    if (at >= end) return;
  }
}

/** The payload, cut or filled with zeros to `size`. */
export function resized(payload: Payload, size: number): Payload {
  if (payload.size === size) return payload;
  const builder = new PayloadBuilder();
  for (const run of runsOf(payload, 0, size)) builder.pushRun(run);
  if (size > payload.size) builder.pushRun({ block: undefined, bytes: size - payload.size });
  return builder.finish();
}

/** The payload with `bytes` written over it at `offset`, without growing beyond its size. Blocks beside it are not looked at. */
export function written(payload: Payload, offset: number, bytes: Uint8Array): Payload {
  const fitting = bytes.subarray(0, Math.max(payload.size - offset, 0));
  const start = offset - (offset % BLOCK_BYTES);
  const end = Math.min(Math.ceil((offset + fitting.byteLength) / BLOCK_BYTES) * BLOCK_BYTES, payload.size);
  const builder = new PayloadBuilder();
  for (const run of runsOf(payload, 0, Math.min(start, payload.size))) builder.pushRun(run);
  for (const block of blocksOf(payload, start, offset)) builder.push(block);
  builder.push(fitting);
  for (const block of blocksOf(payload, offset + fitting.byteLength, end)) builder.push(block);
  for (const run of runsOf(payload, end, payload.size)) builder.pushRun(run);
  return builder.finish();
}

/** The first bytes, at most `count`. */
export function head(payload: Payload, count: number): Buffer {
  return Buffer.concat([...blocksOf(payload, 0, Math.min(count, payload.size))]);
}
