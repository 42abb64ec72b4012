import { describe, expect, it } from 'vitest';
import { clientFrames } from './client-frames.ts';

/** A message with headers, whose payload looks like the beginning of another one. */
const message = 'HPUB a.b 12 24\r\nNATS/1.0\r\n\r\nPUB x 3\r\nabc\r\n';
const said = ['CONNECT {"verbose":false}\r\n', 'PING\r\n', message, 'PUB a.c inbox.1 2\r\nhi\r\n', 'SUB inbox.1 1\r\n'];

describe('what a NATS client says', () => {
  it('is cut where it ends, however the network has cut it', () => {
    for (const size of [1, 2, 7, 1000]) {
      const framesOf = clientFrames();
      const all = Buffer.from(said.join(''));
      const texts: string[] = [];
      for (let at = 0; at < all.length; at += size) {
        texts.push(...framesOf(all.subarray(at, at + size)).map(({ text }) => text));
      }
      expect(texts).toEqual(said);
    }
  });
});
