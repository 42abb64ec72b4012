import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** One file of an archive. */
export interface Segment {
  readonly file: string;
  /** The position of its first event, which is its name. */
  readonly first: number;
  readonly bytes: number;
}

/** Where a data directory keeps its archive. */
export const archiveDirectory = (dataDirectory: string): string => path.join(dataDirectory, 'archive');

/** The name of the file that begins with this position: names sort as positions do. */
export const segmentName = (first: number): string => `events-${String(first).padStart(15, '0')}.jsonl`;

/** The files of an archive, oldest first; none where there is no archive. */
export const segmentsOf = (directory: string): readonly Segment[] =>
  namesIn(directory)
    .map((name) => ({ name, first: Number(/^events-(\d{15,})\.jsonl$/.exec(name)?.[1] ?? 0) }))
    .filter(({ first }) => first > 0)
    .sort((a, b) => a.first - b.first)
    .map(({ name, first }) => {
      const file = path.join(directory, name);
      return { file, first, bytes: statSync(file).size };
    });

const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
