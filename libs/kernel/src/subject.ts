/**
 * Subject tokens, total and reversible: NATS gives meaning to dots, spaces, `*` and `>`, and an OpenStack id may be a
 * name, a URL or a path. Every byte that is not a letter, digit, `-` or `_` becomes `=XX`; the empty text becomes `=`.
 */
export const encodeToken = (text: string): string => {
  if (text === '') return '=';
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `=${byte.toString(16).padStart(2, '0').toUpperCase()}`))
    .join('');
};

/** The inverse of `encodeToken`. */
export const decodeToken = (token: string): string => {
  if (token === '=') return '';
  const bytes: number[] = [];
  for (let at = 0; at < token.length; at++) {
    if (token[at] === '=') {
      bytes.push(Number.parseInt(token.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(token.charCodeAt(at));
  }
  return Buffer.from(bytes).toString('utf8');
};

const isPlain = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 45 || byte === 95;
