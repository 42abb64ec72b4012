import { catchUp } from './cinder-jobs.ts';
import type { Call, FakeCloudOptions, JsonObject, Refusal, Reply, Route, Service } from './frame.ts';
import { imageOf, imageView, storesOf } from './glance-image.ts';
import { downloadImage, stageImage, uploadImage } from './glance-data.ts';
import { importImage, importMethods, listTasks } from './glance-import.ts';
import { listImages } from './glance-list.ts';
import { createMember, deleteMember, listMembers, showMember, updateMember } from './glance-members.ts';
import { imageSchema } from './glance-schema.ts';
import { createImage, deleteImage, setActive, tagImage, updateImage } from './glance-write.ts';

/** Glance: images, their bytes, tags and members. Answers with several stores, whether one is named or more. */
export function imageService(options: FakeCloudOptions): Service {
  return {
    prefix: 'image',
    type: 'image',
    name: 'glance',
    endpointPath: '',
    routes: [...versionRoutes(options), ...routes],
    refusal: (refusal, headers) => refusalPage(refusal, headers.accept),
  };
}

const routes: readonly Route[] = [
  route('GET', '/v2/images', listImages),
  route('POST', '/v2/images', createImage),
  route('GET', '/v2/images/:id', (call) => ({ status: 200, body: imageView(imageOf(call)) })),
  route('PATCH', '/v2/images/:id', updateImage),
  route('DELETE', '/v2/images/:id', deleteImage),
  { ...route('PUT', '/v2/images/:id/file', uploadImage), stream: true },
  { ...route('PUT', '/v2/images/:id/stage', stageImage), stream: true },
  route('POST', '/v2/images/:id/import', importImage),
  route('GET', '/v2/images/:id/tasks', listTasks),
  route('GET', '/v2/images/:id/file', downloadImage),
  route('PUT', '/v2/images/:id/tags/:tag', (call) => tagImage(call, true)),
  route('DELETE', '/v2/images/:id/tags/:tag', (call) => tagImage(call, false)),
  route('POST', '/v2/images/:id/actions/deactivate', (call) => setActive(call, false)),
  route('POST', '/v2/images/:id/actions/reactivate', (call) => setActive(call, true)),
  route('GET', '/v2/images/:id/members', listMembers),
  route('POST', '/v2/images/:id/members', createMember),
  route('GET', '/v2/images/:id/members/:member', showMember),
  route('PUT', '/v2/images/:id/members/:member', updateMember),
  route('DELETE', '/v2/images/:id/members/:member', deleteMember),
  route('GET', '/v2/schemas/image', () => ({ status: 200, body: imageSchema() })),
  route('GET', '/v2/info/import', importInfo),
  route('GET', '/v2/info/stores', storesInfo),
];

/** Work left by earlier requests is done before the request is looked at. */
function route(method: string, path: string, handle: (call: Call) => Reply | Promise<Reply>): Route {
  return {
    method,
    path,
    handle: (call) => {
      catchUp(call.cloud);
      return handle(call);
    },
  };
}

const WITH_STORES = ['2.13', '2.12', '2.11', '2.10', '2.9', '2.8'];
const OLDER = ['2.7', '2.6', '2.5', '2.4', '2.3', '2.2', '2.1', '2.0'];

/** `GET /` answers 300 with the list of versions, `/versions` the same with 200. */
function versionRoutes(options: FakeCloudOptions): readonly Route[] {
  const current = options.release === 'zed' ? '2.15' : '2.17';
  const ids =
    options.release === 'zed' ? ['2.15', ...WITH_STORES, ...OLDER] : ['2.15', ...WITH_STORES, '2.17', ...OLDER];
  const document = (call: Call): JsonObject => ({
    versions: ids.map((id) => ({
      id: `v${id}`,
      status: id === current ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${call.baseUrl}/v2/` }],
    })),
  });
  return [
    { method: 'GET', path: '/', open: true, handle: (call) => ({ status: 300, body: document(call) }) },
    { method: 'GET', path: '/versions', open: true, handle: (call) => ({ status: 200, body: document(call) }) },
  ];
}

function importInfo(): Reply {
  return {
    status: 200,
    body: {
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: [...importMethods],
      },
    },
  };
}

function storesInfo(call: Call): Reply {
  const stores = storesOf(call.cloud).map((id, index) => (index === 0 ? { id, default: 'true' } : { id }));
  return { status: 200, body: { stores } };
}

/** WebOb's title and default explanation by status. */
const WEBOB: Readonly<Record<number, readonly [title: string, explanation: string]>> = {
  400: [
    'Bad Request',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
  401: ['Unauthorized', 'This server could not verify that you are authorized to access the document you requested.'],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', 'The method is not allowed for this resource.'],
  406: ['Not Acceptable', 'The resource could not be generated that was acceptable to your browser.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  410: ['Gone', 'This resource is no longer available.  No forwarding address is given.'],
  413: ['Request Entity Too Large', 'The body of your request was too large for this server.'],
  415: ['Unsupported Media Type', 'The request media type is not supported by this server.'],
  416: ['Request Range Not Satisfiable', 'The Range requested is not available.'],
  500: ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'],
};

/**
 * WebOb's page of an error, which is all that Glance says: HTML for whoever takes it, JSON for those who take only that.
 * A refusal of type `detail` stands below the status' own explanation.
 */
function refusalPage(refusal: Refusal, accept = '*/*'): Pick<Reply, 'body' | 'text'> {
  const [title, fallback] = WEBOB[refusal.status] ?? ['Error', ''];
  const detail = refusal.type === 'detail';
  const explanation = detail ? fallback : refusal.message;
  const html = /\*\/\*|text\/(\*|html)/.test(accept);
  const words = (text: string): string => (html ? escaped(text) : text);
  const inner = `${words(explanation)}<br /><br />\n${detail ? words(refusal.message) : ''}\n\n`;
  if (!html) return { body: { message: inner, code: `${refusal.status} ${title}`, title } };
  const heading = `${refusal.status} ${title}`;
  return {
    text: `<html>\n <head>\n  <title>${heading}</title>\n </head>\n <body>\n  <h1>${heading}</h1>\n  ${inner}\n </body>\n</html>`,
  };
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;');
}
