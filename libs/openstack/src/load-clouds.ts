import { Failure } from '@osm/kernel';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseClouds, type Clouds, type ConfigText } from './parse-clouds.ts';

export interface LoadCloudsOptions {
  /** A `clouds.yaml` that somebody named; it must be there. */
  readonly file?: string | undefined;
  /** `OS_CLIENT_CONFIG_FILE`, `OS_CLIENT_SECURE_FILE`, `OS_CLIENT_VENDOR_FILE` and `XDG_CONFIG_HOME` are read. */
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly home: string;
  /** Hears, with what to do about it, of a file whose secrets others on this machine may read. */
  readonly onExposed?: (words: string) => void;
}

/**
 * Reads `clouds.yaml`, `secure.yaml` and `clouds-public.yaml` from where OpenStack's own tools look: the file that was
 * named, the environment's, the working directory, the user's `~/.config/openstack`, `/etc/openstack`. The first of each
 * kind counts. Fails with `unreadable-clouds-file`.
 */
export const loadClouds = async (options: LoadCloudsOptions): Promise<Clouds> => {
  const clouds = await cloudsFile(options);
  // The secrets of a file that somebody named are looked for beside it first.
  const beside = options.file === undefined ? [] : [dirname(clouds.path)];
  const [secure, vendors] = await Promise.all([
    firstOf(places(options, 'secure', options.env['OS_CLIENT_SECURE_FILE'], beside)),
    firstOf(places(options, 'clouds-public', options.env['OS_CLIENT_VENDOR_FILE'], beside)),
  ]);
  for (const file of [clouds, secure]) if (file !== undefined) await tellIfExposed(file.path, options);
  return parseClouds({ clouds, secure, vendors }, options.home);
};

const cloudsFile = async (options: LoadCloudsOptions): Promise<ConfigText> => {
  const paths =
    options.file === undefined
      ? places(options, 'clouds', options.env['OS_CLIENT_CONFIG_FILE'], [])
      : [inHome(options, options.file)];
  const found = await firstOf(paths);
  if (found !== undefined) return found;
  throw new Failure('unreadable-clouds-file', `cannot find a clouds.yaml: there is none at ${paths.join(', ')}.`, {
    remedy: 'Name your clouds.yaml in OS_CLIENT_CONFIG_FILE or in the configuration, or put it at one of these places.',
  });
};

const places = (
  { env, cwd, home }: LoadCloudsOptions,
  kind: string,
  named: string | undefined,
  before: readonly string[],
): readonly string[] => {
  const folders = [
    ...before,
    cwd,
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'openstack'),
    '/etc/openstack',
  ];
  const files = folders.flatMap((folder) => ['yaml', 'yml', 'json'].map((ending) => join(folder, `${kind}.${ending}`)));
  return named === undefined || named === '' ? files : [inHome({ cwd, home }, named), ...files];
};

/** Permissions are its owner's business: what is exposed is told and used all the same. */
const tellIfExposed = async (path: string, { onExposed }: LoadCloudsOptions): Promise<void> => {
  const mode = (await stat(path)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  onExposed?.(`others on this machine may read the secrets in ${path} (mode ${mode.toString(8)}): chmod 600 ${path}`);
};

const inHome = ({ cwd, home }: { readonly cwd: string; readonly home: string }, path: string): string =>
  resolve(
    cwd,
    path.replace(/^~(?=\/|$)/, () => home),
  );

const firstOf = async (paths: readonly string[]): Promise<ConfigText | undefined> => {
  for (const path of paths) {
    const text = await textOf(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
};

/** Absent is an answer; everything else that keeps us from reading is a failure. */
const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure('unreadable-clouds-file', `cannot read ${path}: ${code}.`, {
      remedy: `Make ${path} readable for the user that runs this.`,
      cause: error,
    });
  }
};
