import type { Request } from '@osm/resource';
import { change } from './memory-store.ts';
import type { MemoryRoute } from './memory-routes.ts';

const put = (path: RegExp, answer: MemoryRoute['answer']): MemoryRoute => {
  const method: Request['method'] = 'PUT';
  return { service: 'key-manager', method, path, answer };
};

/** What hangs on Barbican's secrets and containers is kept in their rows. */
export const keyRoutes: readonly MemoryRoute[] = [
  put(/^\/(secrets|containers)\/([^/]+)\/acl$/, (store, [collection = '', id = ''], acl) => {
    change(store, `/${collection}`, id, { acl });
    return null;
  }),
  put(/^\/secrets\/([^/]+)\/metadata$/, (store, [id = ''], { metadata = {} }) => {
    change(store, '/secrets', id, { metadata });
    return null;
  }),
];
