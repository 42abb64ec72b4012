import { pathOf, isBelow, type Middleware } from './middleware.ts';

/** Scripts of our own alone; styles in the page too, for the dashboard's components write theirs there. */
const contentPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What tells a browser to trust nothing but this page. There is no header that lets other origins in. */
export const safeHeaders: Middleware = (request, response, next) => {
  response.setHeader('content-security-policy', contentPolicy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (isBelow(pathOf(request), '/v1')) response.setHeader('cache-control', 'no-store');
  next();
};
