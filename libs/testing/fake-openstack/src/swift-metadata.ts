import { Refusal } from './frame.ts';
import type { Headers } from './swift-rows.ts';

/** What an account, a container or an object may be told about itself. */
export type Target = 'account' | 'container' | 'object';

/** Limits, as `/info` tells them. */
export const LIMITS = {
  max_file_size: 5_368_709_122,
  max_meta_name_length: 128,
  max_meta_value_length: 256,
  max_meta_count: 90,
  max_meta_overall_size: 4096,
  max_header_size: 8192,
  max_object_name_length: 1024,
  container_listing_limit: 10_000,
  account_listing_limit: 10_000,
  max_account_name_length: 256,
  max_container_name_length: 256,
} as const;

const KEPT = ['x-container-read', 'x-container-write', 'x-container-sync-key', 'x-container-sync-to'];

/** Headers that only those who own the account see and set. */
const OWNERS = [
  ...KEPT,
  ...['account', 'container'].flatMap((target) => [`x-${target}-meta-temp-url-key`, `x-${target}-meta-temp-url-key-2`]),
];

/** Refuses metadata that is too long, too much or nameless. */
export function checkMetadata(headers: Headers, target: Target): void {
  const prefix = `x-${target}-meta-`;
  const items = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  let size = 0;
  for (const [name, value] of items) {
    const key = name.slice(prefix.length);
    size += key.length + value.length;
    if (key === '') throw new Refusal(400, 'Metadata name cannot be empty', 'text');
    if (key.length > LIMITS.max_meta_name_length) {
      throw new Refusal(400, `Metadata name too long: ${prefix}${shown(key)}`, 'text');
    }
    if (value.length > LIMITS.max_meta_value_length) {
      const most = LIMITS.max_meta_value_length;
      throw new Refusal(400, `Metadata value longer than ${most}: ${prefix}${shown(key)}`, 'text');
    }
  }
  checkTotals(items.length, size);
}

function checkTotals(count: number, size: number): void {
  const { max_meta_count, max_meta_overall_size } = LIMITS;
  if (count > max_meta_count) throw new Refusal(400, `Too many metadata items; max ${max_meta_count}`, 'text');
  if (size > max_meta_overall_size) {
    throw new Refusal(400, `Total metadata too large; max ${max_meta_overall_size}`, 'text');
  }
}

function shown(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/**
 * What an account or container keeps after a PUT or POST: what it had, with what the request says, without what it
 * empties or removes (`X-Remove-Container-Meta-Foo: x`). What is not named stays, unlike with objects.
 */
export function merged(before: Headers, said: Headers, target: 'account' | 'container', owner: boolean): Headers {
  const after: Record<string, string> = { ...before };
  const kept = (name: string): boolean =>
    (name.startsWith(`x-${target}-meta-`) || (target === 'container' && KEPT.includes(name))) &&
    (owner || !OWNERS.includes(name));
  for (const [name, value] of Object.entries(changes(said))) {
    if (!kept(name)) continue;
    if (value === '') Reflect.deleteProperty(after, name);
    else after[name] = value;
  }
  const all = Object.entries(after).filter(([name]) => name.startsWith(`x-${target}-meta-`));
  const prefix = `x-${target}-meta-`.length;
  checkTotals(
    all.length,
    all.reduce((sum, [name, value]) => sum + name.length - prefix + value.length, 0),
  );
  return after;
}

/** `X-Remove-*` read as the same header with an empty value, unless the header itself is there too. */
export function changes(said: Headers): Headers {
  const removed = Object.keys(said)
    .filter((name) => name.startsWith('x-remove-'))
    .map((name) => [name.replace('x-remove-', 'x-'), '']);
  return { ...Object.fromEntries(removed), ...said };
}

/** What of an account's or container's headers the caller may see. */
export function visible(headers: Headers, owner: boolean): Headers {
  if (owner) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWNERS.includes(name)));
}
