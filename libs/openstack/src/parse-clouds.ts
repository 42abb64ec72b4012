import { Failure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { isScalar, LineCounter, parseDocument, Scalar, visit } from 'yaml';
import { cloudConfig, type CloudConfig } from './cloud-config.ts';
import { nearestName } from './nearest-name.ts';

/** A file and what stands in it. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/** The files that make up a configuration; the later ones are optional. */
export interface CloudsTexts {
  readonly clouds: ConfigText;
  /** `secure.yaml`: secrets, laid over `clouds`. */
  readonly secure?: ConfigText | undefined;
  /** `clouds-public.yaml`: what entries name as their `profile`. */
  readonly vendors?: ConfigText | undefined;
}

/** The clouds that a person configured. */
export interface Clouds {
  /** The `clouds.yaml` that was read. */
  readonly file: string;
  readonly names: readonly string[];
  /** One cloud's configuration; fails with `unknown-cloud`, `incomplete-cloud` or `unsupported-auth-type`. */
  named(name: string): CloudConfig;
}

/** Puts the files' texts together. Fails with `unreadable-clouds-file`, naming file, line and column. */
export const parseClouds = (texts: CloudsTexts, home: string): Clouds => {
  const file = texts.clouds.path;
  const clouds = merged(section(texts.clouds, 'clouds'), optionalSection(texts.secure, 'clouds'));
  const vendors = optionalSection(texts.vendors, 'public-clouds');
  const names = Object.keys(clouds);
  return {
    file,
    names,
    named: (name) => {
      const entry = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
      if (entry === undefined) throw unknownCloud(name, file, names);
      if (!isJsonObject(entry)) throw misplaced(file, `clouds.${name}`);
      return cloudConfig(name, withProfile(name, entry, vendors, file), { file, home });
    },
  };
};

const unknownCloud = (name: string, file: string, names: readonly string[]): Failure => {
  const there = names.length === 0 ? 'there is none' : `there are ${nearestName(name, names).join(', ')}`;
  return new Failure('unknown-cloud', `cannot find cloud ${name} in ${file}: ${there}.`, {
    remedy: `Name one of the clouds of ${file}, or add ${name} to it.`,
  });
};

const withProfile = (name: string, entry: JsonObject, vendors: JsonObject, file: string): JsonObject => {
  const profile = entry['profile'] ?? entry['cloud'];
  if (typeof profile !== 'string' || profile === '') return entry;
  const vendor = Object.hasOwn(vendors, profile) ? vendors[profile] : undefined;
  if (isJsonObject(vendor)) return merged(vendor, entry);
  throw new Failure(
    'incomplete-cloud',
    `cannot use profile of cloud ${name} in ${file}: no clouds-public.yaml has the profile ${profile}.`,
    { remedy: `Write the values of ${profile} into the entry of ${name}, or into clouds-public.yaml beside ${file}.` },
  );
};

/** Mappings are merged key by key, at every depth; the second one wins. */
const merged = (under: JsonObject, over: JsonObject): JsonObject => {
  const entries = Object.entries(over).map(([key, value]): [string, Json] => {
    const old = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isJsonObject(old) && isJsonObject(value) ? merged(old, value) : value];
  });
  return { ...under, ...Object.fromEntries(entries) };
};

const optionalSection = (text: ConfigText | undefined, key: string): JsonObject =>
  text === undefined ? {} : section(text, key);

const section = (text: ConfigText, key: string): JsonObject => {
  const content = parsed(text);
  const clouds = isJsonObject(content) ? content[key] : undefined;
  if (clouds === null) return {};
  if (isJsonObject(clouds)) return clouds;
  throw misplaced(text.path, key);
};

/**
 * Every scalar is kept as it is written: a password `0123` must not become a number. Errors tell the place but never
 * the line itself, which may hold a password.
 */
const parsed = ({ path, text }: ConfigText): Json => {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw unreadable(
      path,
      `line ${line}, column ${col} is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
    );
  }
  visit(document, {
    Scalar: (_, node) =>
      isScalar(node) && node.type === Scalar.PLAIN && /^(~|null|Null|NULL|)$/.test(node.source ?? '')
        ? new Scalar(null)
        : undefined,
  });
  return document.toJS() as Json;
};

const misplaced = (file: string, key: string): Failure => unreadable(file, `${key} is not a mapping`);

const unreadable = (file: string, why: string): Failure =>
  new Failure('unreadable-clouds-file', `cannot read ${file}: ${why}.`, {
    remedy: `Correct ${file}; "openstack configuration show" reads the same file.`,
  });
