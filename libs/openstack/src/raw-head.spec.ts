import { describe, expect, it } from 'vitest';
import { parseHead } from './raw-head.ts';

const parsed = (text: string) => parseHead(Buffer.from(text, 'latin1'));

describe('the head of an answer', () => {
  it('is its status, its headers by lower-case name, and where the body begins', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A:  b c \r\nx-a: d\r\n\r\nabc';
    expect(parsed(text)).toEqual({
      head: { status: 200, headers: { 'content-length': '3', 'x-a': 'b c, d' }, keepsAlive: true },
      bodyAt: text.length - 3,
    });
  });

  it('is not there before its empty line, wherever it is cut', () => {
    const text = 'HTTP/1.1 404 Not Found\r\nX: y\r\n\r\n';
    for (let length = 0; length < text.length; length += 1) expect(parsed(text.slice(0, length))).toBeUndefined();
    expect(parsed(text)?.head.status).toBe(404);
  });

  it.each([
    ['HTTP/1.1 200 OK\nA: b\n c\n\n', { a: 'b c' }, true],
    ['HTTP/1.0 200\r\n\r\n', {}, false],
    ['HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n', { connection: 'Keep-Alive' }, true],
    ['HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n', { connection: 'Close' }, false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n', { 'content-length': '3' }, true],
  ])('is understood as %j', (text, headers, keepsAlive) => {
    expect(parsed(text)?.head).toEqual({ status: 200, headers, keepsAlive });
  });

  it.each([
    'SSH-2.0-OpenSSH_9.6\r\n',
    '<html>',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno header\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300_000)}`,
  ])('is none in %j', (text) => {
    expect(() => parsed(text)).toThrow();
  });
});

describe('a head that was made to keep us busy', () => {
  it('costs no more time for many blanks, and is none where it is endless', () => {
    const blanks = ' '.repeat(200_000);
    const startedMs = performance.now();
    expect(parsed(`HTTP/1.1 200 OK\r\nX: a${blanks}b\r\n\r\n`)?.head.status).toBe(200);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(() => parsed(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300_000)}\r\n\r\n`)).toThrow();
  });
});
