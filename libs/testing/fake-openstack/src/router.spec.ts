import { describe, expect, it } from 'vitest';
import type { Route } from './frame.ts';
import { findRoute } from './router.ts';

const routes: Route[] = [
  'GET /v2/images',
  'GET /v2/images/:id',
  'DELETE /v2/images/:id',
  'GET /v2/images/detail',
  'PUT /o/:container/*object',
].map((each) => {
  const [method = '', path = ''] = each.split(' ');
  return { method, path, handle: () => ({ status: 200 }) };
});

function found(method: string, path: string): unknown {
  const match = findRoute(routes, method, path);
  return 'route' in match ? [match.route.path, match.params] : match;
}

describe('the route of a request', () => {
  it('is the most literal one that fits', () => {
    expect(found('GET', '/v2/images/detail')).toEqual(['/v2/images/detail', {}]);
    expect(found('GET', '/v2/images/7')).toEqual(['/v2/images/:id', { id: '7' }]);
  });

  it('does not mind a slash at the end, and decodes what stands for a name', () => {
    expect(found('GET', '/v2/images/')).toEqual(['/v2/images', {}]);
    expect(found('GET', '/v2/images/a%20b')).toEqual(['/v2/images/:id', { id: 'a b' }]);
    expect(found('PUT', '/o/c/deep/er')).toEqual(['/o/:container/*object', { container: 'c', object: 'deep/er' }]);
  });

  it('serves HEAD as GET', () => {
    expect(found('HEAD', '/v2/images')).toEqual(['/v2/images', {}]);
  });

  it('names the methods that a path knows when it does not know this one', () => {
    expect(found('PATCH', '/v2/images/7')).toEqual({ allowed: ['GET', 'DELETE'] });
    expect(found('GET', '/nothing')).toEqual({ allowed: [] });
  });
});
