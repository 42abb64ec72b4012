import path from 'node:path';
import { startProgram } from './children.ts';
import type { GlanceServerOptions } from './glance-server.ts';

/** A server of images in a process of its own. */
export interface GlanceServer {
  readonly url: string;
  /** Makes the record of an image that has no data yet. */
  create(id: string): Promise<void>;
  /** The hash that it shows of an image; undefined where it has no such data. */
  hashOf(id: string): Promise<string | undefined>;
  remove(id: string): Promise<void>;
  end(): Promise<void>;
}

/** Starts one on a free port of loopback. */
export const startGlanceServer = async (options: GlanceServerOptions): Promise<GlanceServer> => {
  const program = startProgram(path.join(import.meta.dirname, 'glance-server.ts'), [JSON.stringify(options)]);
  const url = `http://127.0.0.1:${await program.hear<number>()}`;
  const ask = async (method: string, place: string, body?: object): Promise<unknown> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/v2/images${place}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${place}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  return {
    url,
    create: async (id) => void (await ask('POST', '', { id })),
    hashOf: async (id) => ((await ask('GET', `/${id}`)) as { os_hash_value?: string }).os_hash_value,
    remove: async (id) => void (await ask('DELETE', `/${id}`)),
    end: () => program.end(),
  };
};
