import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a request passes on its way to the routes. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The path of a request without its query, as routes are compared: in lower case. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => (url.split('?', 1)[0] ?? '/').toLowerCase();

/** Whether a path is this one or below it. */
export const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
