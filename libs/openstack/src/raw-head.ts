/** The head of an HTTP answer. */
export interface RawHead {
  readonly status: number;
  /** By lower-case name; repeated ones joined. */
  readonly headers: { readonly [name: string]: string };
  /** Whether the connection can be used again, as far as the head says. */
  readonly keepsAlive: boolean;
}

/** A head, and at which byte the body begins. */
export interface ParsedHead {
  readonly head: RawHead;
  readonly bodyAt: number;
}

const longest = 256 * 1024;

/** The head at the beginning of these bytes; undefined while it is incomplete. Throws where it is no HTTP/1 answer. */
export const parseHead = (bytes: Buffer): ParsedHead | undefined => {
  const [end, bodyAt] = endOf(bytes);
  if (end < 0) {
    const start = bytes.subarray(0, 5).toString('latin1');
    if (!'HTTP/'.startsWith(start) || bytes.length > longest) throw noHttp();
    return undefined;
  }
  if (end > longest) throw noHttp();
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split(/\r?\n/);
  const [, minor, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(first) ?? [];
  if (minor === undefined || status === undefined) throw noHttp();
  const headers = headersOf(lines);
  const connection = (headers['connection'] ?? '').toLowerCase();
  const keepsAlive = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
  return { head: { status: Number(status), headers, keepsAlive }, bodyAt };
};

/** Where the empty line begins, and where what follows it. Lines should end with CRLF; some servers use LF. */
const endOf = (bytes: Buffer): readonly [number, number] => {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return [crlf, crlf + 4];
  return [lf, lf + 2];
};

const headersOf = (lines: readonly string[]): { readonly [name: string]: string } => {
  const headers = new Map<string, string>();
  let last = '';
  for (const line of lines) {
    // One regular expression for all of it would try every blank of a long value again and again.
    const colon = line.indexOf(':');
    const isHeader = colon > 0 && /^[!#$%&'*+\-.^_`|~\w]+$/.test(line.slice(0, colon));
    const [name, value] = isHeader ? [line.slice(0, colon), line.slice(colon + 1).trim()] : [undefined, ''];
    // A line that begins with a space goes on with the one before.
    if (name === undefined && !/^[ \t]/.test(line)) throw noHttp();
    last = name?.toLowerCase() ?? last;
    const before = headers.get(last);
    const text = name === undefined ? line.trim() : value;
    if (before === undefined) headers.set(last, text);
    else if (last !== 'content-length')
      headers.set(last, name === undefined ? `${before} ${text}` : `${before}, ${text}`);
    else if (before !== text) throw new Error('the answer announces two sizes');
  }
  return Object.fromEntries(headers);
};

const noHttp = (): Error => Object.assign(new Error('what answers there does not speak HTTP/1'), { code: 'EPROTO' });
