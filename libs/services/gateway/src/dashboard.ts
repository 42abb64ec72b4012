import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isBelow, pathOf, type Middleware } from './middleware.ts';

/** What is no part of the page: routes answer it, or nobody. */
const others = ['/v1', '/docs', '/healthz', '/readyz', '/metrics'];

/** Where a build leaves the page, seen from a bundle's parts, from an app's own, and from the sources. */
const places = ['../apps/dashboard', '../dashboard', '../../../../dist/apps/dashboard'];

/** Where the page is, or undefined where it was not built. */
export const builtDashboard = (): string | undefined =>
  places.map((place) => path.join(import.meta.dirname, place)).find(isBuilt);

const isBuilt = (folder: string): boolean => existsSync(path.join(folder, 'index.html'));

/** Serves the page. Its parts have a hash in their names and never change; the page itself is asked for each time. */
export const serveDashboard = (app: NestExpressApplication, folder: string | undefined): void => {
  if (folder === undefined || !isBuilt(folder)) {
    app.use(pages(() => ({ status: 503, type: 'text/plain; charset=utf-8', body: notBuilt })));
    return;
  }
  app.useStaticAssets(path.join(folder, 'assets'), {
    ...{ prefix: '/assets/', immutable: true, maxAge: '365d', index: false, redirect: false, fallthrough: true },
  });
  app.useStaticAssets(folder, {
    index: false,
    redirect: false,
    setHeaders: (to) => to.setHeader('cache-control', 'no-cache'),
  });
  // Read each time: a page that is built anew is served anew.
  const page = (): string => readFileSync(path.join(folder, 'index.html'), 'utf8');
  app.use(pages(() => ({ status: 200, type: 'text/html; charset=utf-8', body: page() })));
};

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Every address that a person may type is one of the page's own; what is missing of its parts is missing. */
const pages =
  (page: () => Page): Middleware =>
  (request, response, next) => {
    const asked = pathOf(request);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || isBelow(asked, '/assets') || others.some((other) => isBelow(asked, other))) return next();
    const { status, type, body } = page();
    response.statusCode = status;
    response.setHeader('content-type', type);
    response.setHeader('cache-control', 'no-cache');
    response.end(request.method === 'HEAD' ? undefined : body);
  };

const notBuilt = `This build has no page. The API answers below /v1, and /docs describes it.
`;
