import type { Socket } from 'node:net';

/** The head of a request. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** Who takes a request's body. */
export interface RequestBody {
  /** A part of it, lent. */
  take(bytes: Buffer): void;
  end(): void;
}

/** Where in the stream of requests we are. */
type Place =
  | { readonly in: 'head' }
  | { readonly in: 'chunk-line'; readonly body: RequestBody }
  | { readonly in: 'chunk' | 'whole'; readonly body: RequestBody; bytes: number };

const endOfHead = '\r\n\r\n';

/**
 * Reads HTTP/1.1 from a socket: as much of it as curl and the mover speak, because Node's own server costs more than what
 * is measured. Bodies come with a length or in chunks.
 */
export const readHttp = (socket: Socket, request: (head: RequestHead) => RequestBody): void => {
  let place: Place = { in: 'head' };
  let rest: Buffer = Buffer.alloc(0);

  const finish = (body: RequestBody): void => {
    place = { in: 'head' };
    body.end();
  };

  const readHead = (bytes: Buffer): number => {
    const end = bytes.indexOf(endOfHead);
    if (end < 0) return 0;
    const head = parseHead(bytes.toString('latin1', 0, end));
    if (head.headers.get('expect') === '100-continue') socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    const body = request(head);
    const length = Number(head.headers.get('content-length') ?? 0);
    if (head.headers.get('transfer-encoding') === 'chunked') place = { in: 'chunk-line', body };
    else if (length > 0) place = { in: 'whole', body, bytes: length };
    else finish(body);
    return end + endOfHead.length;
  };

  /** The line before a chunk, and the end of the chunk before it. */
  const readChunkLine = (bytes: Buffer, body: RequestBody): number => {
    const start = bytes[0] === 13 ? 2 : 0;
    const end = bytes.indexOf('\r\n', start);
    if (end < 0) return 0;
    const size = Number.parseInt(bytes.toString('latin1', start, end), 16);
    if (size > 0) {
      place = { in: 'chunk', body, bytes: size };
      return end + 2;
    }
    // After the last chunk comes an empty line; nobody here sends trailers.
    if (bytes.length < end + 4) return 0;
    finish(body);
    return end + 4;
  };

  /** How many of these bytes were read; 0: more must come first. */
  const readSome = (bytes: Buffer): number => {
    if (place.in === 'head') return readHead(bytes);
    if (place.in === 'chunk-line') return readChunkLine(bytes, place.body);
    const taken = bytes.subarray(0, place.bytes);
    place.bytes -= taken.length;
    place.body.take(taken);
    if (place.bytes === 0 && place.in === 'chunk') place = { in: 'chunk-line', body: place.body };
    else if (place.bytes === 0) finish(place.body);
    return taken.length;
  };

  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length > 0) {
      const read = readSome(bytes);
      if (read === 0) break;
      bytes = bytes.subarray(read);
    }
    rest = bytes;
  });
};

const parseHead = (text: string): RequestHead => {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [
      line.slice(0, colon).toLowerCase(),
      line
        .slice(colon + 1)
        .trim()
        .toLowerCase(),
    ];
  });
  return { method, path, headers: new Map(headers) };
};
