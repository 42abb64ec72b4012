import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/** What a service said when it refused. */
export interface CloudWords {
  readonly message: string;
  /** The service's own name for it: `OverQuota`, `itemNotFound`, `zone_not_found`; empty where it has none. */
  readonly type: string;
}

/**
 * Every project words refusals in its own way: Keystone `error`, Neutron `NeutronError`, Nova, Cinder and Manila a key
 * named after the fault, Octavia `faultstring`, Designate flat with a `type`, Barbican `description`, Glance and Swift a
 * web page, and the proxies in front of them whatever they like.
 */
export const cloudWords = (body: Json): CloudWords => {
  if (typeof body === 'string') return { type: '', message: plainText(body) };
  return isJsonObject(body) ? wordsOf(body) : { type: '', message: '' };
};

const wordsOf = (body: JsonObject): CloudWords => {
  const flat = text(body, 'faultstring') ?? text(body, 'description') ?? text(body, 'message') ?? text(body, 'detail');
  if (flat !== undefined) return { type: text(body, 'type') ?? text(body, 'title') ?? '', message: plainText(flat) };
  for (const [key, value] of Object.entries(body)) {
    if (key === 'errors' && Array.isArray(value)) return cloudWords(value[0] ?? null);
    if (typeof value === 'string' && /error|fault|message/i.test(key)) return { type: '', message: plainText(value) };
    if (isJsonObject(value)) return fault(key, value);
  }
  return { type: '', message: '' };
};

const fault = (key: string, value: JsonObject): CloudWords => {
  const message = plainText(text(value, 'message') ?? '');
  const detail = plainText(text(value, 'detail') ?? '');
  return { type: text(value, 'type') ?? key, message: [message, detail].filter((part) => part !== '').join(' ') };
};

const text = (value: JsonObject, key: string): string | undefined => {
  const member = value[key];
  return typeof member === 'string' ? member : undefined;
};

const plainText = (text: string): string =>
  text
    .replace(/<(head|style|script)\b[^]*?<\/\1>/gi, ' ')
    .replace(/<h1>\s*\d{3}[^<]*<\/h1>/gi, ' ')
    .replace(/<\/?[a-z][^>]*>/gi, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
