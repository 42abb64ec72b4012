import { createHash, type Hash } from 'node:crypto';

/** One entry of a tree: its path, and everything about it that must be equal. Texts hold one byte a character. */
export interface TreeEntry {
  /** Names from the top down; none for the top itself. */
  readonly names: readonly string[];
  /** Canonical: equal entries have equal texts. */
  readonly facts: string;
}

type Pax = ReadonlyMap<string, string>;

/**
 * The entries of a tar stream as GNU tar writes it in posix format. Nothing is held but one entry; contents are hashed as
 * they pass.
 */
export async function* tarEntries(stream: AsyncIterable<Buffer>): AsyncGenerator<TreeEntry> {
  const reader = new Blocks(stream);
  let pax: Pax = new Map();
  for (let header = await reader.block(); !isEnd(header); header = await reader.block()) {
    const type = String.fromCharCode(header[156] ?? 0);
    const size = Number(pax.get('size') ?? octal(header, 124, 12));
    if (type === 'x' || type === 'g') {
      const records = paxRecords(await reader.whole(size));
      if (type === 'x') pax = records;
      continue;
    }
    const content = await reader.hash(type === '0' || type === '\0' ? size : 0);
    yield entry(header, pax, type, size, content);
    pax = new Map();
  }
  await reader.drain();
}

const entry = (header: Buffer, pax: Pax, type: string, size: number, content: string): TreeEntry => {
  const prefix = cString(header, 345, 155);
  const name = cString(header, 0, 100);
  const path = pax.get('path') ?? (prefix === '' ? name : `${prefix}/${name}`);
  const isFile = type === '0' || type === '\0';
  const attributes = [...pax].filter(([key]) => /^(SCHILY\.(xattr|acl|fflags)|RHT\.security)/.test(key)).sort();
  const facts = [
    type === '\0' ? '0' : type,
    octal(header, 100, 8),
    pax.get('uid') ?? String(octal(header, 108, 8)),
    pax.get('gid') ?? String(octal(header, 116, 8)),
    pax.get('mtime') ?? String(octal(header, 136, 12)),
    isFile ? [size, content] : [],
    type === '1' || type === '2' ? (pax.get('linkpath') ?? cString(header, 157, 100)) : '',
    type === '3' || type === '4' ? [octal(header, 329, 8), octal(header, 337, 8)] : [],
    attributes,
  ];
  return { names: path.split('/').filter((part) => part !== '' && part !== '.'), facts: JSON.stringify(facts) };
};

/** Entries in the order in which tar walks: by the bytes of their names, a directory before what is in it. */
export const compareNames = (a: readonly string[], b: readonly string[]): number => {
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const [one = '', other = ''] = [a[n], b[n]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return a.length - b.length;
};

/** Records of the form `length key=value\n`, the length in bytes and its own digits included. */
const paxRecords = (bytes: Buffer): Pax => {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length <= 0) break;
    const record = bytes.toString('latin1', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
};

const cString = (header: Buffer, at: number, length: number): string => {
  const end = header.indexOf(0, at);
  return header.toString('latin1', at, end < 0 || end > at + length ? at + length : end);
};

/** A number in octal digits, or in binary where the first bit says so. */
const octal = (header: Buffer, at: number, length: number): number => {
  const first = header[at] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(cString(header, at, length).trim() || '0', 8);
  return Number(BigInt(`0x${header.toString('hex', at, at + length)}`) & ((1n << BigInt(length * 8 - 1)) - 1n));
};

const isEnd = (header: Buffer): boolean => header.every((byte) => byte === 0);

/** A stream, in blocks of 512 bytes. */
class Blocks {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next block; one of zeros where the stream has ended. */
  async block(): Promise<Buffer> {
    return this.whole(512);
  }

  /** So many bytes at once, and past the padding. */
  async whole(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.#take(size, (part) => void parts.push(part));
    return parts.length === 0 && size > 0 ? Buffer.alloc(size) : Buffer.concat(parts);
  }

  /** The SHA-256 of so many bytes, and past the padding. */
  async hash(size: number): Promise<string> {
    if (size === 0) return '';
    const hash: Hash = createHash('sha256');
    await this.#take(size, (part) => void hash.update(part));
    return hash.digest('hex');
  }

  async drain(): Promise<void> {
    for (;;) if ((await this.#chunks.next()).done === true) return;
  }

  async #take(size: number, use: (part: Buffer) => void): Promise<void> {
    let padded = Math.ceil(size / 512) * 512;
    let wanted = size;
    while (padded > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) return;
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, padded);
      this.#rest = this.#rest.subarray(part.length);
      padded -= part.length;
      if (wanted > 0) use(part.subarray(0, Math.min(wanted, part.length)));
      wanted -= part.length;
    }
  }
}
