import { decodeToken, encodeToken } from './subject.ts';

/** From one cloud to another; clouds go by their names in `clouds.yaml`. */
export interface Route {
  readonly source: string;
  readonly destination: string;
}

/** The route as one text, for keys and subjects: both names escaped, joined by a double dash. */
export const routeKey = (route: Route): string => `${encodeToken(route.source)}--${encodeToken(route.destination)}`;

/** The inverse of `routeKey` for names without a double dash, which is all that `routeKey` is given by configuration. */
export const parseRouteKey = (key: string): Route => {
  const at = key.indexOf('--');
  return { source: decodeToken(key.slice(0, at)), destination: decodeToken(key.slice(at + 2)) };
};
