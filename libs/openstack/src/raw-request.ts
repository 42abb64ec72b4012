import { Failure } from '@osm/kernel';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Exchange } from './wire.ts';

/** The head of a request as it goes over a line. Raises `bad-request` for headers that HTTP cannot carry. */
export const requestHead = ({ method, url, headers }: Exchange, more: { readonly [name: string]: string }): Buffer => {
  const { host, pathname, search } = new URL(url);
  const all = { Host: host, Connection: 'keep-alive', ...headers, ...more };
  for (const [name, value] of Object.entries(all)) checkHeader(name, value);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
};

/** The value itself is not said: it may be a token. */
const checkHeader = (name: string, value: string): void => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new Failure('bad-request', `cannot send the header ${JSON.stringify(name)}: HTTP cannot carry it.`, {
      remedy: 'Take the control characters, and what is no Latin letter, out of what it is made of.',
    });
  }
};
