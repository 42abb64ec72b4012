import { decodeToken, encodeToken } from './subject.ts';

/** From one cloud to another; clouds go by their names in `clouds.yaml`. */
export interface Route {
  readonly source: string;
  readonly destination: string;
}

/** The route as one text, for keys and subjects: `old--new`. Total and reversible. */
export const routeKey = (route: Route): string => `${half(route.source)}--${half(route.destination)}`;

/** The inverse of `routeKey`. */
export const parseRouteKey = (key: string): Route => {
  const at = key.indexOf('--');
  return { source: decodeToken(key.slice(0, at)), destination: decodeToken(key.slice(at + 2)) };
};

/** An escaped name in which the separator cannot occur, nor begin or end. */
const half = (name: string): string => encodeToken(name).replace(/-(?=-)|^-|-$/g, '=2D');
