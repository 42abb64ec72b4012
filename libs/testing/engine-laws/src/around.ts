import type { NewEvent } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';
import type { Cloud, Request } from '@osm/resource';

/** One await of a worker on the world outside: what the laws disturb. */
export type Call =
  | { readonly port: 'log'; readonly what: 'load' }
  | {
      readonly port: 'log';
      readonly what: 'append';
      readonly events: readonly NewEvent[];
      /** Writes the first events only, as a log may that dies in the middle. */
      tear(count: number): Promise<number>;
    }
  | { readonly port: 'cloud'; readonly cloud: string; readonly what: 'ask' }
  | { readonly port: 'cloud'; readonly cloud: string; readonly what: 'list'; readonly path: string }
  | { readonly port: 'cloud'; readonly cloud: string; readonly what: 'send'; readonly request: Request };

/** Stands between a worker and the world: may do something before, after or instead of the call. */
export type Around = <T>(call: Call, go: () => Promise<T>) => Promise<T>;

/** Disturbs nothing. */
export const undisturbed: Around = (_call, go) => go();

/** A log whose calls go through `around`. */
export const logThrough = (log: EventLog, around: Around): EventLog => ({
  ...log,
  load: (subject) => around({ port: 'log', what: 'load' }, () => log.load(subject)),
  append: (subject, expected, events) =>
    around(
      {
        port: 'log',
        what: 'append',
        events,
        tear: (count) => log.append(subject, expected, events.slice(0, count)),
      },
      () => log.append(subject, expected, events),
    ),
});

/** A cloud whose calls go through `around`. */
export const cloudThrough = (cloud: Cloud, around: Around): Cloud => {
  const { name } = cloud;
  const ask = <T>(go: () => Promise<T>): Promise<T> => around({ port: 'cloud', cloud: name, what: 'ask' }, go);
  const sent = <T>(request: Request, go: () => Promise<T>): Promise<T> =>
    around({ port: 'cloud', cloud: name, what: 'send', request }, go);
  return {
    name,
    send: (service, request, signal) => sent(request, () => cloud.send(service, request, signal)),
    download: (service, request, signal) => sent(request, () => cloud.download(service, request, signal)),
    upload: async (service, request, size, signal) => {
      const writer = await ask(() => cloud.upload(service, request, size, signal));
      return { ...writer, end: () => sent(request, () => writer.end()) };
    },
    async *list(service, path, options, signal) {
      const read = (): Promise<readonly JsonObject[]> => Array.fromAsync(cloud.list(service, path, options, signal));
      yield* await around({ port: 'cloud', cloud: name, what: 'list', path }, read);
    },
    has: (service) => ask(() => cloud.has(service)),
    microversion: (service) => ask(() => cloud.microversion(service)),
    extensions: () => ask(() => cloud.extensions()),
    whoAmI: () => ask(() => cloud.whoAmI()),
    inProject: (projectId) => cloudThrough(cloud.inProject(projectId), around),
  };
};
