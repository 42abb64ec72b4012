const secretKey =
  /pass(word|phrase)?$|secret|token|^payload$|^blob$|(private|access|sync|temp.url)[-_]key(-2)?$|user_data|signature|(^|_)sig$/i;

/** Whether the value under this name is one that nobody may read. References to secrets are not secret. */
export const isSecretKey = (name: string): boolean =>
  secretKey.test(name) && !/_(ref|refs|type|id|name|count)$/i.test(name);

/** A text without the secrets that are known and without what looks like one: for messages, never for parsing. */
export const redact = (text: string, secrets: Iterable<string> = []): string => {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replace(standing(secret), '***');
  return clean
    .replace(/gAAAAA[\w-]{20,}={0,2}/g, '***')
    .replace(/"([\w-]+)"(\s*:\s*)"((?:[^"\\]|\\.)*)"/g, (whole, key: string, colon: string) =>
      isSecretKey(key) ? `"${key}"${colon}"***"` : whole,
    );
};

/** The secret where it stands by itself: a password `lab` must not eat into `available`. */
const standing = (secret: string): RegExp =>
  new RegExp(`(?<!\\w)${secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?!\\w)`, 'g');

/** A URL as messages and telemetry may show it: no credentials, and no value of a query parameter that is secret. */
export const shownUrl = (url: string): string => {
  if (!URL.canParse(url)) return redact(url);
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  for (const name of new Set(shown.searchParams.keys())) if (isSecretKey(name)) shown.searchParams.set(name, '***');
  return redact(shown.href);
};
