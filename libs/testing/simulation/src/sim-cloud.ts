import { isJsonObject, type Json } from '@osm/kernel';
import { lost, refused, withRetries } from '@osm/openstack';
import type { Answer, Cloud, Reader, Request, ServiceName } from '@osm/resource';
import { Refused, type CloudStore } from './cloud-store.ts';
import { inHand } from './commands.ts';
import type { Faults } from './faults.ts';
import type { Life } from './life.ts';

/** What a process needs to talk to a cloud. */
export interface CloudView {
  readonly store: CloudStore;
  readonly life: Life;
  readonly faults: Faults;
  /** Whether nobody reaches this cloud at the moment. */
  isOut(cloud: string): boolean;
  /** Hears of what is sent by a worker that was told that somebody else has the command. */
  onLateWrite(what: string): void;
  trace(what: () => string): void;
}

/** Milliseconds that a client waits for an answer, and those after which a request has landed or never will. */
const patience = 10_000;
export const landsWithin = 25_000;

/** What becomes of one request. */
type Course =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'unreachable' }
  /** It takes effect so many milliseconds later, or never; the client hears a status, or nothing at all. */
  | { readonly kind: 'unknown'; readonly lands: number | undefined; readonly status: number | undefined };

const courseOf = ({ store, life: { chance }, faults, isOut }: CloudView, method: string, isList: boolean): Course => {
  if (isList && isOut(`lists of ${store.name}`)) return { kind: 'refused', status: 503 };
  if (isOut(store.name) || faults.happens('cloud-unreachable')) return { kind: 'unreachable' };
  if (faults.happens('cloud-busy'))
    return { kind: 'refused', status: chance.pick([429, 503]), retryAfter: chance.below(4) };
  if (method === 'POST' && faults.happens('cloud-conflict')) return { kind: 'refused', status: 409 };
  const soon = chance.happens(0.5) ? chance.below(50) : undefined;
  if (faults.happens('cloud-broken')) return { kind: 'unknown', lands: soon, status: chance.pick([500, 502, 504]) };
  if (faults.happens('answer-lost')) return { kind: 'unknown', lands: soon, status: undefined };
  if (faults.happens('lands-late')) {
    // What may be repeated lands before its repetition does: see docs/explanation/simulation.md.
    const lands = method === 'POST' ? chance.between(patience, landsWithin) : chance.below(patience);
    return { kind: 'unknown', lands, status: undefined };
  }
  return { kind: 'answered' };
};

/** A cloud as one process has it, with a token for one project: what the adapter makes of answers is the adapter's own. */
export const simCloud = (view: CloudView, project = 'admin'): Cloud => {
  const { store, life, trace } = view;
  const { clock, chance, timeline } = life;

  const once = async (
    service: string,
    request: Pick<Request, 'method' | 'path' | 'accept' | 'repeatable'>,
    effect: () => Json,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    // A token, a place in the lane, a connection: now and then that takes a while.
    await clock.sleep(chance.happens(0.1) ? chance.below(3000) : chance.below(3), signal);
    signal?.throwIfAborted();
    const { method, path, repeatable } = request;
    const command = inHand.getStore();
    if (command?.signal.aborted === true && method !== 'GET' && method !== 'HEAD') {
      view.onLateWrite(`${life.name} sends ${method} ${path} for ${command.key}, which it has lost`);
    }
    const asked = { cloud: store.name, service, method, url: `http://${store.name}${path}`, repeatable };
    const course = courseOf(view, method, /^\/[a-z-]+$/.test(path) && method === 'GET');
    const heard = (status: number, body: Json, headers: { readonly [name: string]: string } = {}): Answer => {
      trace(() => `${life.name} hears ${status} of ${method} ${store.name} ${path}`);
      if (status < 300 || request.accept?.includes(status) === true) return { status, headers, body };
      throw refused(asked, { status, headers, body }, clock.now());
    };
    const silence = (code: string, sent: boolean): never => {
      trace(() => `${life.name} hears nothing of ${method} ${store.name} ${path} (${course.kind})`);
      throw lost(asked, { code, message: 'no answer', sent });
    };
    const land = (): { readonly status: number; readonly body: Json } => {
      trace(() => `${store.name} is asked ${method} ${path} by ${life.name}`);
      try {
        store.mustLetIn(project);
        return { status: 200, body: effect() };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: error.status, body: { error: { message: error.message, code: error.status } } };
      }
    };
    switch (course.kind) {
      case 'unreachable':
        await clock.sleep(chance.below(100), signal);
        return silence('ECONNREFUSED', false);
      case 'refused': {
        await clock.sleep(chance.below(20), signal);
        const headers: { readonly [name: string]: string } =
          course.retryAfter === undefined ? {} : { 'retry-after': String(course.retryAfter) };
        return heard(course.status, null, headers);
      }
      case 'unknown': {
        if (course.lands !== undefined) timeline.after(course.lands, land);
        if (course.status === undefined) {
          await clock.sleep(patience, signal);
          return silence('UND_ERR_HEADERS_TIMEOUT', true);
        }
        await clock.sleep(50 + chance.below(50), signal);
        return heard(course.status, null);
      }
      case 'answered': {
        const arrived = Promise.withResolvers<{ readonly status: number; readonly body: Json }>();
        timeline.after(1 + chance.below(20), () => {
          const answer = land();
          life.wakeAfter(1 + chance.below(20), () => arrived.resolve(answer));
        });
        const { status, body } = await unlessAborted(arrived.promise, signal);
        return heard(status, body);
      }
    }
  };

  const send = (service: ServiceName, request: Request, signal?: AbortSignal): Promise<Answer> =>
    withRetries(request, clock, signal, () =>
      once(service, request, () => store.handle(request, project, life.name), signal),
    );

  return {
    name: store.name,
    send,
    async *list(service, path, { query = {}, key }, signal) {
      const read = (): Json => ({ [key]: [...store.list(path, query)] });
      const { body } = await withRetries({ method: 'GET' }, clock, signal, () =>
        once(service, { method: 'GET', path }, read, signal),
      );
      const items = isJsonObject(body) ? body[key] : [];
      for (const item of Array.isArray(items) ? items : []) if (isJsonObject(item)) yield item;
    },
    has: async (service) => ['identity', 'network', 'image', 'block-storage'].includes(service),
    microversion: async () => undefined,
    extensions: async () => new Set(),
    whoAmI: async () => ({ userId: 'me', projectId: 'admin', roles: ['admin'] }),
    inProject: (id) => simCloud(view, id),
    download: async (service, request, signal) => {
      const [, path = '', id = ''] = /^(.+)\/([^/]+)\/data$/.exec(request.path) ?? [];
      let bytes: Buffer = Buffer.alloc(0);
      const { headers } = await withRetries(request, clock, signal, () =>
        once(
          service,
          request,
          () => {
            bytes = store.bytesOf(path, id);
            return null;
          },
          signal,
        ),
      );
      return { status: 200, headers, ...slowReader(bytes, life) };
    },
    upload: async (service, request, _size, signal) => {
      const [, path = '', id = ''] = /^(.+)\/([^/]+)\/data$/.exec(request.path) ?? [];
      const chunks: Buffer[] = [];
      return {
        write: async (chunk) => {
          await clock.sleep(chance.below(400), signal);
          chunks.push(Buffer.from(chunk));
        },
        end: () => {
          const bytes = Buffer.concat(chunks);
          if (view.faults.happens('bytes-garbled')) bytes[0] = 255 - (bytes[0] ?? 0);
          const take = (): null => {
            store.store(path, id, bytes);
            return null;
          };
          return once(service, request, take, signal);
        },
        abort: () => undefined,
      };
    },
  };
};

const slowReader = (bytes: Buffer, { clock, chance }: Life): Reader => ({
  size: bytes.length,
  read: async (take, signal) => {
    for (let at = 0; at < bytes.length; at += 8) {
      await clock.sleep(chance.below(300), signal);
      await take(bytes.subarray(at, at + 8));
    }
  },
  close: () => undefined,
});

const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
};
