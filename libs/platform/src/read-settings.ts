import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { Failure } from '@osm/kernel';
import { PolicySchema } from '@osm/resource';
import { validateSync } from 'class-validator';
import { parse } from 'yaml';
import { bytesPerSecond } from './bytes-per-second.ts';
import { SettingsFile } from './read-settings-file.ts';
import { nearestKey } from './read-settings-nearest.ts';
import type { Settings, TransferSettings } from './settings.ts';
import { shownEventLog } from './shown-event-log.ts';

export interface ReadSettingsOptions {
  /**
   * `OPENSTACK_MIGRATE_CONFIG`, `OPENSTACK_MIGRATE_DATA` and `OPENSTACK_MIGRATE_EVENT_LOG` are read, and `HOME` for `~`.
   */
  readonly env: { readonly [name: string]: string | undefined };
  /** The configuration file that somebody named; it must be there. */
  readonly file?: string | undefined;
  readonly overrides?: {
    readonly dataDirectory?: string | undefined;
    readonly eventLog?: string | undefined;
    /** As `bytesPerSecond` reads it; goes before what was announced earlier. */
    readonly bandwidth?: string | undefined;
    readonly priority?: string | undefined;
  };
}

/** The settings, and what beside them only the command line heeds. */
export interface ReadSettings extends Settings {
  /** The configuration file that was read, if any. */
  readonly file: string | undefined;
  /** The Python tool's database: its mappings are taken over where it is there. It is never written. */
  readonly databaseFile: string;
  readonly logLevel: 'debug' | 'info' | 'warning' | 'error';
  /** Where each run leaves a file of what it said. */
  readonly logDirectory: string | undefined;
  readonly logConsole: boolean;
}

/**
 * A process's configuration: the file's keys over the defaults, the environment over the file, the overrides over both.
 * There is no place where a file is looked for unasked. Raises `unreadable-config`, `unknown-config-key` and
 * `bad-config-value`.
 */
export const readSettings = async (options: ReadSettingsOptions): Promise<ReadSettings> => {
  const { env, overrides = {} } = options;
  const home = given(env['HOME']) ?? homedir();
  const place = (text: string): string => path.resolve(expanded(text, home, env));
  const placeOr = (text: string | null | undefined): string | undefined => (text == null ? undefined : place(text));
  const named = placeOr(options.file ?? given(env['OPENSTACK_MIGRATE_CONFIG']));
  const file = named === undefined ? new SettingsFile() : checked(await contentOf(named), named);
  const databaseFile = place(file.database_file);
  const data = overrides.dataDirectory ?? given(env['OPENSTACK_MIGRATE_DATA']) ?? file.data_directory;
  return {
    file: named,
    dataDirectory: placeOr(data) ?? `${databaseFile}.d`,
    eventLog: eventLogOf(overrides.eventLog ?? given(env['OPENSTACK_MIGRATE_EVENT_LOG']) ?? file.event_log),
    natsCredentials: placeOr(file.nats_credentials),
    cloudConfigFile: placeOr(file.cloud_config_file),
    sourceCloud: file.source_cloud_name ?? undefined,
    destinationCloud: file.destination_cloud_name ?? undefined,
    // The schema takes what it knows and leaves the rest.
    policy: PolicySchema.parse({
      ...file,
      priority: overrides.priority ?? file.priority,
      temporary_migration_dir: place(file.temporary_migration_dir),
    }),
    slots: file.slots,
    transfers: transfersOf(file, overrides.bandwidth),
    requests: {
      perSecond: file.max_requests_per_second ?? undefined,
      concurrent: file.max_concurrent_requests ?? undefined,
    },
    settleSeconds: file.settle_seconds,
    leaseSeconds: file.lease_seconds,
    minFreeDiskBytes: file.min_free_disk_mib * 1024 ** 2,
    cleanupNeedsSecond: file.cleanup_needs_second,
    gateway: {
      ...{ host: file.gateway_host, port: file.gateway_port, insecure: file.gateway_insecure },
      names: (file.gateway_names ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []),
    },
    actor: file.actor ?? user(env),
    databaseFile,
    logLevel: file.log_level as ReadSettings['logLevel'],
    logDirectory: placeOr(file.log_dir),
    logConsole: file.log_console,
  };
};

const transfersOf = (file: SettingsFile, insisted: string | undefined): TransferSettings => ({
  bandwidth: bytesPerSecond(insisted ?? String(file.bandwidth_limit ?? 'none')),
  insisted: insisted !== undefined,
  perCloud: file.transfers_per_cloud ?? undefined,
  perBackend: file.transfers_per_backend ?? undefined,
  stallSeconds: file.stall_timeout,
});

/** An environment variable that is set to nothing is not set. */
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const expanded = (text: string, home: string, env: ReadSettingsOptions['env']): string =>
  text
    .replace(/^~(?=\/|$)/, () => home)
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? '';
      return name === 'HOME' ? home : (env[name] ?? all);
    });

const user = (env: ReadSettingsOptions['env']): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id that has no name.
    return given(env['USER']) ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};

const contentOf = async (file: string): Promise<{ readonly [key: string]: unknown }> => {
  const text = await textOf(file);
  // As the Python tool's parser reads it: yes, no, on and off are booleans there.
  const content: unknown = parsed(text, file) ?? {};
  if (isMapping(content)) return content;
  throw unreadable(file, 'it is not a list of keys with values', undefined);
};

const isMapping = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : String(code);
    throw unreadable(file, why, error);
  }
};

const parsed = (text: string, file: string): unknown => {
  try {
    return parse(text, { version: '1.1', prettyErrors: true });
  } catch (error) {
    const [first = 'it is no YAML'] = error instanceof Error ? error.message.split('\n') : [];
    throw unreadable(file, first.replace(/:$/, ''), error);
  }
};

const unreadable = (file: string, why: string, cause: unknown): Failure =>
  new Failure('unreadable-config', `cannot read the configuration ${file}: ${why}`, {
    remedy: 'Name a readable YAML file with --config or OPENSTACK_MIGRATE_CONFIG.',
    cause,
  });

const checked = (content: { readonly [key: string]: unknown }, file: string): SettingsFile => {
  const settings = new SettingsFile();
  const known: { [key: string]: unknown } = { ...settings };
  for (const [key, value] of Object.entries(content)) {
    if (!Object.hasOwn(known, key)) throw unknownKey(key, Object.keys(known), file);
    known[key] = coerced(value, known[key]);
  }
  Object.assign(settings, known);
  const wrong = validateSync(settings)[0];
  if (wrong === undefined) return settings;
  const [why = 'it has the wrong type'] = Object.values(wrong.constraints ?? {});
  throw wrongValue(wrong.property, why, wrong.value, `the configuration ${file}`);
};

/** Texts count as what they say, as in the Python tool: "1800" is a number, "no" is false. */
const coerced = (value: unknown, sample: unknown): unknown => {
  if (typeof sample === 'boolean') {
    const text = String(value).toLowerCase();
    if (/^(true|yes|on|y|t|1)$/.test(text)) return true;
    if (/^(false|no|off|n|f|0)$/.test(text)) return false;
  }
  if (typeof sample === 'number' && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim())) {
    return Number(value);
  }
  return value;
};

const unknownKey = (key: string, known: readonly string[], file: string): Failure => {
  const meant = nearestKey(key, known);
  return new Failure('unknown-config-key', `cannot use the configuration ${file}: it has no key ${key}`, {
    remedy:
      meant === undefined
        ? `Remove ${key}; docs/reference/config.md lists the keys that there are.`
        : `Did you mean ${meant}?`,
  });
};

const wrongValue = (key: string, why: string, value: unknown, where: string): Failure =>
  new Failure('bad-config-value', `cannot use ${key} in ${where}: ${why}, and is ${JSON.stringify(value)}`, {
    remedy: `Correct ${key}; docs/reference/config.md tells what each key takes.`,
  });

const eventLogOf = (url: string): string => {
  if (/^(embedded:|nats:\/\/.|tls:\/\/.)/.test(url)) return url;
  throw wrongValue(
    'event_log',
    'it must be embedded: or begin with nats://',
    shownEventLog(url),
    'OPENSTACK_MIGRATE_EVENT_LOG',
  );
};
