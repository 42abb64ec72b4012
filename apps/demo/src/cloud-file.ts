import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Address = z.object({ url: z.string(), authUrl: z.string() });

/** Ids of what a cloud holds, by type. */
const Ids = z.record(z.string(), z.array(z.string()));

const CloudFileShape = z.object({
  /** The process in which both clouds run. */
  pid: z.number(),
  /** The demo that works with them; another one may take over once it has ended. */
  demo: z.number(),
  /** Of the user `admin`, on both. */
  password: z.string(),
  source: Address,
  destination: Address,
  /** What the source was filled with; absent until it is full. */
  tenant: z.object({ domainId: z.string(), resources: z.number(), source: Ids, destination: Ids }).optional(),
});

/** The clouds of a demo as the next one finds them: where they run, and how they were before anything was moved. */
export type CloudFile = z.infer<typeof CloudFileShape>;

/** The file in the demo's folder. */
export const cloudFilePath = (folder: string): string => path.join(folder, 'clouds.json');

/** Reads it; undefined where there is none. */
export const readCloudFile = async (folder: string): Promise<CloudFile | undefined> => {
  try {
    return CloudFileShape.parse(JSON.parse(await readFile(cloudFilePath(folder), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Writes it, for its owner only. In one move: a demo that is killed leaves the old file or the new one. */
export const writeCloudFile = async (folder: string, file: CloudFile): Promise<void> => {
  const target = cloudFilePath(folder);
  const fresh = `${target}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, target);
};
