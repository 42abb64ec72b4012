import { Failure } from '@osm/kernel';
import { isIP } from 'node:net';
import type { Middleware } from './middleware.ts';
import { problemOf, sendProblem } from './problem.ts';

/**
 * Answers only who asks by a name of ours. A page elsewhere can have its own name lead to this machine (DNS rebinding), and
 * would then be taken for ours by the browser; it cannot do so with an address, nor with `localhost`.
 */
export const knownHost =
  (names: readonly string[]): Middleware =>
  (request, response, next) => {
    const host = hostOf(request.headers.host ?? '');
    if (host === 'localhost' || isIP(host) !== 0 || names.includes(host)) return next();
    sendProblem(response, problemOf(foreignHost(host)));
  };

/** Without its port, and an IPv6 address without its brackets. */
const hostOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');

const foreignHost = (host: string): Failure =>
  new Failure('foreign-host', `cannot answer for the host ${JSON.stringify(host)}: it is no name of this gateway`, {
    remedy: 'Ask by localhost or by an address, or add the name to gateway_names.',
  });
