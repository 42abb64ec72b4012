import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { headerOfText, textOfHeader } from './header-text.ts';

type Headers = { readonly [name: string]: string };

const meta = 'x-container-meta-';

/** Headers that stand for an attribute of its own; all of them are texts. */
const texts: { readonly [attribute: string]: string } = {
  storage_policy: 'x-storage-policy',
  sync_to: 'x-container-sync-to',
  versions_location: 'x-versions-location',
  history_location: 'x-history-location',
  temp_url_key: `${meta}temp-url-key`,
  temp_url_key_2: `${meta}temp-url-key-2`,
};

const numbers: { readonly [attribute: string]: string } = {
  count: 'x-container-object-count',
  bytes: 'x-container-bytes-used',
  quota_bytes: `${meta}quota-bytes`,
  quota_count: `${meta}quota-count`,
};

const lists: { readonly [attribute: string]: string } = {
  read_acl: 'x-container-read',
  write_acl: 'x-container-write',
};

const flags: { readonly [attribute: string]: string } = { versions_enabled: 'x-versions-enabled' };

/** Told with every answer, or never to be told: the key of container sync is a secret that leads nowhere else. */
const silent = new Set(['x-container-sync-key', 'x-container-meta-', 'x-container-sharding']);

const known = new Map<string, readonly [string, (value: string) => Json]>([
  ...Object.entries(texts).map(([name, header]) => [header, [name, textOfHeader]] as const),
  ...Object.entries(numbers).map(([name, header]) => [header, [name, Number]] as const),
  ...Object.entries(lists).map(([name, header]) => [header, [name, entriesOf]] as const),
  ...Object.entries(flags).map(([name, header]) => [header, [name, isTrue]] as const),
]);

/** What the headers of an answer say of a container. Those of releases to come are shown under their own names. */
export const attributesOf = (headers: Headers): JsonObject => {
  const attributes: { [name: string]: Json } = {};
  const metadata: { [name: string]: string } = {};
  for (const [header, value] of Object.entries(headers)) {
    const name = header.toLowerCase();
    const found = known.get(name);
    if (found !== undefined) attributes[found[0]] = found[1](value);
    else if (silent.has(name)) continue;
    else if (name.startsWith(meta)) metadata[textOfHeader(name.slice(meta.length))] = textOfHeader(value);
    else if (name.startsWith('x-container-') || name.startsWith('x-versions-')) attributes[name] = textOfHeader(value);
  }
  return { metadata, ...attributes };
};

/** The headers that show or set these attributes; what is null is told empty, which takes it away. */
export const headersOf = (attributes: JsonObject): Headers => {
  const headers: { [name: string]: string } = {};
  const set = (header: string | undefined, value: Json | undefined): void => {
    if (header === undefined || value === undefined) return;
    headers[header] = value === null ? '' : headerOfText(Array.isArray(value) ? value.join(',') : String(value));
  };
  for (const [name, value] of Object.entries(attributes)) set(texts[name] ?? numbers[name] ?? lists[name], value);
  if (attributes['versions_enabled'] !== undefined) {
    headers['x-versions-enabled'] = attributes['versions_enabled'] === true ? 'true' : 'false';
  }
  for (const [key, value] of Object.entries(metadataOf(attributes))) set(`${meta}${headerOfText(key)}`, value);
  return headers;
};

const metadataOf = ({ metadata }: JsonObject): JsonObject => (isJsonObject(metadata) ? metadata : {});

function entriesOf(value: string): string[] {
  return textOfHeader(value)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function isTrue(value: string): boolean {
  return /^(true|1|yes|on|t|y)$/i.test(value);
}
