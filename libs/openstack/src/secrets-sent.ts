import { isJsonObject } from '@osm/kernel';
import { isSecretKey } from './redact.ts';

/** A request, as far as it may hold secrets. */
interface Sent {
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array | undefined;
}

/** Longer bodies are nobody's secret: a Barbican payload has at most so many bytes, with room to spare. */
const longestPayload = 128 * 1024;

/** Shorter texts are found everywhere: hiding them would hide the message. */
const shortest = 4;

/**
 * What a service might quote of a request in its refusal and nobody may read: values under names that say so, in its
 * headers and anywhere in its JSON, and the whole of a body that is no JSON, for that is a payload. Each in the ways that
 * it may be quoted: as it is, escaped once and twice for JSON, in base64, and what it is the base64 of. Longest first,
 * since one may be part of another.
 */
export const secretsSent = ({ headers, body }: Sent): readonly string[] => {
  const inHeaders = Object.entries(headers).flatMap(([name, value]) => (isSecretKey(name) ? [value] : []));
  return [...new Set([...inHeaders, ...secretsOfBody(body)].flatMap(waysToWrite))]
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length);
};

const secretsOfBody = (body: Sent['body']): readonly string[] => {
  if (body === undefined || body.length === 0 || body.length > longestPayload) return [];
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const parsed = parsedJson(text);
  if (isJsonObject(parsed) || Array.isArray(parsed)) return secretsIn(parsed);
  return typeof body === 'string' ? [text] : [text, Buffer.from(body).toString('base64')];
};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A payload that is no JSON.
    return undefined;
  }
};

const secretsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => (isSecretKey(name) ? textsIn(member) : secretsIn(member)));
};

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const waysToWrite = (text: string): readonly string[] => {
  const once = escaped(text);
  const decoded = /^[\w+/-]{8,}={0,2}$/.test(text) ? [Buffer.from(text, 'base64').toString('utf8')] : [];
  return [text, once, escaped(once), Buffer.from(text).toString('base64'), ...decoded];
};

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
