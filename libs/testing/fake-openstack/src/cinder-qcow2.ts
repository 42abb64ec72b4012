/** qcow2 as Cinder's qemu-img writes and reads it: version 3, clusters of 64 KiB, nothing stored for zeros. */
import { inflateRawSync } from 'node:zlib';
import type { Payload, Run } from './glance-payload.ts';
import { BLOCK_BYTES, blocksOf, head, PayloadBuilder } from './glance-payload.ts';

const CLUSTER = BLOCK_BYTES;
/** Clusters that one table of the second level names. */
const L2_ENTRIES = CLUSTER / 8;
/** Clusters that one block of reference counts (of 16 bits) counts. */
const COUNTED = CLUSTER / 2;
const MAGIC = 'QFI\xfb';
const HEADER_BYTES = 104;
/** Set where a cluster is used once only. */
const COPIED = 1n << 63n;

/** The bytes of a volume as a qcow2 file: header, reference counts, tables, and every block that is not all zeros. */
export function toQcow2(volume: Payload): Payload {
  const layout = layoutOf(volume);
  const builder = new PayloadBuilder();
  builder.push(headerOf(volume.size, layout));
  builder.push(countTableOf(layout));
  builder.push(countsOf(layout));
  builder.push(layout.l1);
  for (const table of layout.l2) builder.push(table);
  for (const run of volume.runs) if (run.block !== undefined) builder.pushRun(wholeClusters(run));
  return builder.finish();
}

/** The last block of a volume may be shorter; a cluster never is. */
function wholeClusters({ block, bytes }: Run): Run {
  const padded = Buffer.alloc(CLUSTER);
  block?.copy(padded);
  return { block: padded, bytes: Math.ceil(bytes / CLUSTER) * CLUSTER };
}

interface Layout {
  /** In clusters; the header is the first one. */
  readonly countTable: { readonly at: number; readonly length: number };
  readonly counts: { readonly at: number; readonly length: number };
  readonly total: number;
  readonly l1At: number;
  readonly l1Entries: number;
  readonly l1: Buffer;
  readonly l2: readonly Buffer[];
}

function layoutOf(volume: Payload): Layout {
  const used = usedClusters(volume);
  const clusters = Math.ceil(volume.size / CLUSTER);
  const l1Entries = Math.max(Math.ceil(clusters / L2_ENTRIES), 1);
  const l1Length = Math.ceil((l1Entries * 8) / CLUSTER);
  const tables = [...new Set(used.map((cluster) => Math.floor(cluster / L2_ENTRIES)))];
  const others = 1 + l1Length + tables.length + used.length;
  let counts = 1;
  let countTable = 1;
  // Reference counts are counted too.
  while (others + counts + countTable > counts * COUNTED) counts += 1;
  countTable = Math.ceil((counts * 8) / CLUSTER);
  const countsAt = 1 + countTable;
  const l1At = countsAt + counts;
  const l2At = l1At + l1Length;
  const dataAt = l2At + tables.length;
  const l1 = Buffer.alloc(l1Length * CLUSTER);
  const l2 = new Map(tables.map((table) => [table, Buffer.alloc(CLUSTER)]));
  tables.forEach((table, index) => l1.writeBigUInt64BE(BigInt((l2At + index) * CLUSTER) | COPIED, table * 8));
  used.forEach((cluster, index) => {
    const entry = BigInt((dataAt + index) * CLUSTER) | COPIED;
    l2.get(Math.floor(cluster / L2_ENTRIES))?.writeBigUInt64BE(entry, (cluster % L2_ENTRIES) * 8);
  });
  return {
    countTable: { at: 1, length: countTable },
    counts: { at: countsAt, length: counts },
    total: dataAt + used.length,
    ...{ l1At, l1Entries, l1, l2: [...l2.values()] },
  };
}

function usedClusters(volume: Payload): readonly number[] {
  const used: number[] = [];
  let at = 0;
  for (const { block, bytes } of volume.runs) {
    if (block !== undefined) for (let inRun = 0; inRun < bytes; inRun += CLUSTER) used.push((at + inRun) / CLUSTER);
    at += bytes;
  }
  return used;
}

function headerOf(size: number, { l1At, l1Entries, countTable }: Layout): Buffer {
  const header = Buffer.alloc(CLUSTER);
  header.write(MAGIC, 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(Math.log2(CLUSTER), 20);
  header.writeBigUInt64BE(BigInt(size), 24);
  header.writeUInt32BE(l1Entries, 36);
  header.writeBigUInt64BE(BigInt(l1At * CLUSTER), 40);
  header.writeBigUInt64BE(BigInt(countTable.at * CLUSTER), 48);
  header.writeUInt32BE(countTable.length, 56);
  // Reference counts of 2^4 bits.
  header.writeUInt32BE(4, 96);
  header.writeUInt32BE(HEADER_BYTES, 100);
  return header;
}

function countTableOf({ countTable, counts }: Layout): Buffer {
  const table = Buffer.alloc(countTable.length * CLUSTER);
  for (let index = 0; index < counts.length; index++)
    table.writeBigUInt64BE(BigInt((counts.at + index) * CLUSTER), index * 8);
  return table;
}

function countsOf({ counts, total }: Layout): Buffer {
  const table = Buffer.alloc(counts.length * CLUSTER);
  for (let cluster = 0; cluster < total; cluster++) table.writeUInt16BE(1, cluster * 2);
  return table;
}

/** Whether it begins as a qcow2 file does. */
export function isQcow2(file: Payload | undefined): boolean {
  return file !== undefined && head(file, 4).toString('latin1') === MAGIC;
}

/**
 * What a guest sees of a qcow2 file. Throws where it is none, or is one of a kind that qemu-img would be asked to refuse or
 * that Cinder never makes: with a backing or data file, encrypted, or compressed with anything but zlib.
 */
export function fromQcow2(file: Payload): Payload {
  const bytes = randomAccess(file);
  const header = readHeader(bytes(0, HEADER_BYTES));
  const { clusterBytes, size } = header;
  const perTable = clusterBytes / 8;
  const builder = new PayloadBuilder();
  const l1 = bytes(header.l1Offset, header.l1Entries * 8);
  for (let table = 0; table < header.l1Entries; table++) {
    const start = table * perTable * clusterBytes;
    const end = Math.min(start + perTable * clusterBytes, size);
    const offset = offsetOf(l1.readBigUInt64BE(table * 8));
    if (offset === 0) {
      builder.pushRun({ block: undefined, bytes: end - start });
      continue;
    }
    const l2 = bytes(offset, clusterBytes);
    for (let at = start; at < end; at += clusterBytes) {
      const length = Math.min(clusterBytes, end - at);
      const cluster = clusterOf(l2.readBigUInt64BE(((at - start) / clusterBytes) * 8), header, bytes);
      if (cluster === undefined) builder.pushRun({ block: undefined, bytes: length });
      else builder.push(cluster.subarray(0, length));
    }
  }
  return builder.finish();
}

interface Header {
  readonly size: number;
  readonly clusterBits: number;
  readonly clusterBytes: number;
  readonly l1Offset: number;
  readonly l1Entries: number;
}

function readHeader(header: Buffer): Header {
  const version = header.readUInt32BE(4);
  const magic = header.subarray(0, 4).toString('latin1');
  if (magic !== MAGIC || (version !== 2 && version !== 3)) throw new Error('the image is no qcow2 file');
  const features = version === 3 ? header.readBigUInt64BE(72) : 0n;
  if (header.readBigUInt64BE(8) !== 0n) throw new Error('the image has a backing file');
  // The first bit says that it was not closed well, which harms no reader.
  if (header.readUInt32BE(32) !== 0 || (features & ~1n) !== 0n) throw new Error('the image is of an unknown kind');
  const clusterBits = header.readUInt32BE(20);
  return {
    size: Number(header.readBigUInt64BE(24)),
    ...{ clusterBits, clusterBytes: 2 ** clusterBits },
    l1Offset: Number(header.readBigUInt64BE(40)),
    l1Entries: header.readUInt32BE(36),
  };
}

type Bytes = (start: number, length: number) => Buffer;

/** The bytes of a cluster as a guest sees them; undefined: zeros. */
function clusterOf(entry: bigint, { clusterBits, clusterBytes }: Header, bytes: Bytes): Buffer | undefined {
  if ((entry & (1n << 62n)) !== 0n) {
    const bits = BigInt(62 - (clusterBits - 8));
    const offset = Number(entry & ((1n << bits) - 1n));
    const sectors = Number((entry >> bits) & ((1n << BigInt(clusterBits - 8)) - 1n)) + 1;
    const packed = bytes(offset, sectors * 512 - (offset % 512));
    return inflateRawSync(packed, { maxOutputLength: clusterBytes });
  }
  const offset = offsetOf(entry);
  return offset === 0 || (entry & 1n) === 1n ? undefined : bytes(offset, clusterBytes);
}

function offsetOf(entry: bigint): number {
  return Number(entry & 0x00fffffffffffe00n);
}

/** Bytes at any place; what is beyond the end is left out. A file of many runs is not walked for each of them. */
function randomAccess(file: Payload): Bytes {
  const blocks = [...blocksOf(file)];
  return (start, length) => {
    const end = Math.min(start + length, file.size);
    const first = Math.floor(start / BLOCK_BYTES);
    const within = blocks.slice(first, Math.ceil(end / BLOCK_BYTES));
    const from = start - first * BLOCK_BYTES;
    const all = within.length === 1 && within[0] !== undefined ? within[0] : Buffer.concat(within);
    return all.subarray(from, from + end - start);
  };
}
