import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { AccessBook } from './access-book.ts';
import type { Actor } from './actor.ts';
import { isBelow, pathOf, type Middleware } from './middleware.ts';
import { isDefect, problemOf, sendProblem } from './problem.ts';
import { unauthorised } from './scope-guard.ts';

/** Finds out whose token a request to the API has, before anything else of it is read. */
export const bearer = (book: AccessBook): Middleware => {
  const logger = new Logger('gateway');
  const actorOf = async ({ headers: { authorization } }: IncomingMessage): Promise<Actor> => {
    if (authorization === undefined) throw unauthorised('it came without a token');
    const [, token] = /^Bearer +(osm_[\w-]{43})$/i.exec(authorization.trim()) ?? [];
    if (token === undefined) throw unauthorised('what it came with is no token of ours');
    const known = await book.identify(token);
    if (known === undefined) throw unauthorised('its token is unknown, revoked or past its time');
    const { tokenId, name, scopes } = known;
    return { tokenId, name, scopes };
  };
  return (request, response, next) => {
    if (!isBelow(pathOf(request), '/v1')) return next();
    const proceed = (actor: Actor): void => {
      const counts = async (): Promise<boolean> =>
        (await book.tokens()).some((token) => token.tokenId === actor.tokenId && token.counts);
      Object.assign(request, { actor, counts });
      next();
    };
    actorOf(request).then(proceed, (error: unknown) => {
      const told = problemOf(error);
      if (isDefect(told)) logger.error(error);
      sendProblem(response, told);
    });
  };
};
