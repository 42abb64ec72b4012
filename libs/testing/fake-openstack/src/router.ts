import type { Route } from './frame.ts';

/** A route that fits a path, with what its `:names` stand for. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What a path leads to: a route, or the methods that the path knows when the method is not among them. */
export type Found = Match | { readonly allowed: readonly string[] };

/** Finds the route of a request. A literal segment wins over `:name`, which wins over `*rest`; GET also serves HEAD. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  const segments = split(path);
  const fits = routes
    .map((route) => ({ route, fit: fit(split(route.path), segments, route.raw === true) }))
    .filter((candidate) => candidate.fit !== undefined)
    .sort((a, b) => (a.fit?.rank ?? '').localeCompare(b.fit?.rank ?? ''));
  const exact = fits.find(({ route }) => route.method === method);
  const chosen = exact ?? (method === 'HEAD' ? fits.find(({ route }) => route.method === 'GET') : undefined);
  if (chosen?.fit !== undefined) return { route: chosen.route, params: chosen.fit.params };
  return { allowed: [...new Set(fits.map(({ route }) => route.method))] };
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fit(pattern: readonly string[], segments: readonly string[], raw: boolean) {
  const params: Record<string, string> = {};
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith('*')) {
      const rest = segments.slice(index);
      params[part.slice(1)] = (raw ? rest : rest.map(decodeURIComponent)).join('/');
      return { params, rank: `${rank}2` };
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
    rank += part.startsWith(':') ? '1' : '0';
  }
  return pattern.length === segments.length ? { params, rank } : undefined;
}
