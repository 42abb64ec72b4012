import { cloudConfig, openCloud, type OpenCloud } from '@osm/openstack';
import type { CloudEntry, FakeCloudOptions } from '@osm/testing/fake-openstack';
import path from 'node:path';
import { bundle } from './bundle.ts';
import { startProgram, type Program } from './children.ts';
import type { Told } from './fake-cloud.ts';
import type { LinkOptions } from './link.ts';

const programFile = (name: string): string => path.join(import.meta.dirname, name);

/** A fake cloud in a process of its own. */
export interface CloudProcess {
  readonly name: string;
  readonly url: string;
  /** Its entry for `clouds.yaml`. */
  readonly entry: CloudEntry;
  /** As its administrator. */
  readonly admin: OpenCloud;
  ask(told: Told): Promise<string>;
  end(): Promise<void>;
}

/** Starts a fake cloud whose volumes are as large as real ones. */
export const startCloud = async (
  options: Pick<FakeCloudOptions, 'name' | 'release' | 'networkType'> & Partial<FakeCloudOptions>,
): Promise<CloudProcess> => {
  const whole: FakeCloudOptions = {
    region: 'RegionOne',
    volumeTypes: ['disks'],
    adminPassword: 'bench-Secret-1',
    gibBytes: 1024 ** 3,
    ...options,
  };
  const program: Program = startProgram(await bundle(programFile('fake-cloud.ts')), [JSON.stringify(whole)]);
  const { url, entry } = await program.hear<Pick<CloudProcess, 'url' | 'entry'>>();
  const admin = openCloud(options.name, cloudConfig(options.name, { ...entry }, { file: 'bench', home: '/' }));
  return {
    name: options.name,
    url,
    entry,
    admin,
    ask: (told) => {
      program.tell(told);
      return program.hear<string>();
    },
    end: async () => {
      admin.close();
      await program.end();
    },
  };
};

/** A link before a server. */
export interface Link {
  readonly port: number;
  /** The bytes that have passed either way since this was asked last. */
  passed(): Promise<number>;
  end(): Promise<void>;
}

/** Starts a link to a port of loopback. */
export const startLink = async (options: LinkOptions): Promise<Link> => {
  const program = startProgram(programFile('link.ts'), [JSON.stringify(options)]);
  const port = await program.hear<number>();
  return {
    port,
    passed: () => {
      program.tell({});
      return program.hear<number>();
    },
    end: () => program.end(),
  };
};
