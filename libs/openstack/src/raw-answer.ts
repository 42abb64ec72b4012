import { bodyOf, type RawBody } from './raw-body.ts';
import { parseHead, type RawHead } from './raw-head.ts';
import type { Line } from './raw-line.ts';

/** Who hears an answer. */
export interface AnswerListener {
  /** `100 Continue`. */
  goOn(): void;
  head(head: RawHead, size: number | undefined): void;
  /** A part of the body, lent as a line lends it. */
  part(bytes: Buffer, hold: () => () => void): void;
  /** It is there to its last byte. `clean`: the connection can be used again. `surplus`: bytes came that belong to nothing. */
  whole(end: { readonly clean: boolean; readonly surplus: boolean }): void;
  broken(error: Error): void;
  silent(): void;
}

/** Hears one answer on a line. After `whole` or `broken` nothing more is heard. */
export const hearAnswer = (line: Line, method: string, listener: AnswerListener): void => {
  let early: Buffer = Buffer.alloc(0);
  let head: RawHead | undefined;
  let body: RawBody | undefined;
  let over = false;
  let interim = 0;

  const whole = (surplus: boolean): void => {
    over = true;
    listener.whole({ clean: head?.keepsAlive === true && !surplus && body?.endsWithConnection === false, surplus });
  };
  const feed = (bytes: Buffer, hold: () => () => void): void => {
    const end = body?.feed(bytes, (part) => listener.part(part, hold));
    if (end !== undefined) whole(end < bytes.length);
  };
  /** The bytes of a head that came in pieces were copied: nothing of them has to be held. */
  const feedHead = (bytes: Buffer, hold: () => () => void): void => {
    const copied = early.length > 0;
    const all = copied ? Buffer.concat([early, bytes]) : bytes;
    const parsed = parseHead(all);
    if (parsed === undefined) {
      early = Buffer.from(all);
      return;
    }
    early = Buffer.alloc(0);
    const rest = all.subarray(parsed.bodyAt);
    const holdRest = copied ? unneeded : hold;
    if (parsed.head.status < 200) {
      interim += 1;
      if (interim > mostInterim) throw new Error('the answer never comes: only interim ones do');
      if (parsed.head.status === 100) listener.goOn();
      if (rest.length > 0) feedHead(rest, holdRest);
      return;
    }
    head = parsed.head;
    body = bodyOf(method, head);
    listener.head(head, body.size);
    feed(rest, holdRest);
  };
  line.listen({
    bytes: (bytes, hold) => {
      if (over) return;
      try {
        if (head === undefined) feedHead(bytes, hold);
        else feed(bytes, hold);
      } catch (error) {
        line.break(error instanceof Error ? error : new Error(String(error)));
      }
    },
    ended: () => {
      if (over) return;
      if (body?.endsWithConnection === true) whole(false);
      else line.break(brokenOff(head !== undefined));
    },
    failed: (error) => {
      if (over) return;
      over = true;
      listener.broken(error);
    },
    silent: () => {
      if (!over) listener.silent();
    },
  });
};

/** Interim answers before the one that counts. */
const mostInterim = 20;

const unneeded = () => (): void => undefined;

const brokenOff = (hasHead: boolean): Error =>
  Object.assign(new Error(hasHead ? 'the answer breaks off' : 'the connection was closed without an answer'), {
    code: 'ECONNRESET',
  });

/** No byte came, or went, for so long. */
export const timedOut = (ms: number): Error =>
  Object.assign(new Error(`no byte within ${ms} ms`), { code: 'ETIMEDOUT' });
