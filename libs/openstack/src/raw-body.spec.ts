import { describe, expect, it } from 'vitest';
import { bodyOf } from './raw-body.ts';

type Headers = { readonly [name: string]: string };

/** What a body makes of a text that comes in pieces of this length, and how many of all bytes belonged to it. */
const fed = (text: string, length: number, headers: Headers, { method = 'GET', status = 200 } = {}) => {
  const body = bodyOf(method, { status, headers, keepsAlive: true });
  const bytes = Buffer.from(text, 'latin1');
  let whole = '';
  const part = (piece: Buffer): void => void (whole += piece.toString('latin1'));
  if (bytes.length === 0) return { whole, end: body.feed(bytes, part) };
  for (let at = 0; at < bytes.length; at += length) {
    const end = body.feed(bytes.subarray(at, at + length), part);
    if (end !== undefined) return { whole, end: at + end };
  }
  return { whole, end: undefined };
};

const lengths = [1, 2, 3, 5, 1000];
const chunks = { 'transfer-encoding': 'Chunked' };

describe('the body of an answer', () => {
  it.each(lengths)('ends where its size says, in pieces of %i', (length) => {
    expect(fed('abcdefXYZ', length, { 'content-length': '6' })).toEqual({ whole: 'abcdef', end: 6 });
    expect(fed('abc', length, { 'content-length': '6' })).toEqual({ whole: 'abc', end: undefined });
  });

  it.each(lengths)('is put together from chunks, in pieces of %i', (length) => {
    const text = '3;name=value\r\nabc\r\n0000A \r\n0123\r\n6789\r\n0\r\nTrailer: x\r\n\r\n';
    expect(fed(`${text}HTTP/1.1`, length, chunks)).toEqual({ whole: 'abc0123\r\n6789', end: text.length });
    expect(fed(text.slice(0, -1), length, chunks).end).toBeUndefined();
  });

  it.each(['x\r\n', '-1\r\n', '\r\n', '3\r\nabcd\r\n', 'fffffffffffffff\r\n', `3;${'x'.repeat(20_000)}`])(
    'is garbage with the chunk %j',
    (text) => {
      expect(() => fed(text, 1000, chunks)).toThrow('chunks');
    },
  );

  it('ends with the connection where nothing else says so', () => {
    expect(fed('abc', 2, {})).toEqual({ whole: 'abc', end: undefined });
    expect(bodyOf('GET', { status: 200, headers: {}, keepsAlive: false }).endsWithConnection).toBe(true);
  });

  it('is none for HEAD, 204 and 304, and one of size 0', () => {
    expect(fed('', 1, { 'content-length': '6' }, { method: 'HEAD' })).toEqual({ whole: '', end: 0 });
    expect(fed('', 1, {}, { status: 204 })).toEqual({ whole: '', end: 0 });
    expect(fed('', 1, { 'content-length': '6' }, { status: 304 })).toEqual({ whole: '', end: 0 });
    expect(fed('', 1, { 'content-length': '0' })).toEqual({ whole: '', end: 0 });
  });

  it.each([{ 'content-length': '-1' }, { 'content-length': '3, 4' }, { 'transfer-encoding': 'gzip, chunked' }])(
    'is refused with %j',
    (headers) => {
      expect(() => fed('abc', 1, headers)).toThrow();
    },
  );
});
