import type { Event } from '@osm/api-client';

/** A request that a cloud has refused, as an event tells of it. */
export interface RefusedRequest {
  readonly position: number;
  readonly at: string;
  readonly step: string;
  readonly attempt: number;
  readonly service: string;
  readonly method: string;
  readonly url: string;
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  /** By which the cloud's own logs tell more; undefined: the answer had none. */
  readonly requestId: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** The requests that events tell of, newest first. A success needs none, so that only refusals stand in the log. */
export const requestsOf = (events: readonly Event[]): readonly RefusedRequest[] =>
  events
    .flatMap((event) => {
      const failure = record(event.data['failure']);
      const http = record(failure['http']);
      if (typeof http['url'] !== 'string') return [];
      const { position, at, data } = event;
      return [
        {
          ...{ position, at, step: text(data['step']), attempt: Number(data['attempt']) },
          ...{ service: text(http['service']), method: text(http['method']), url: http['url'] },
          status: typeof http['status'] === 'number' ? http['status'] : undefined,
          requestId: typeof http['requestId'] === 'string' ? http['requestId'] : undefined,
          ...{ message: text(failure['message']), remedy: text(failure['remedy']) },
        },
      ];
    })
    .toReversed();

const record = (value: unknown): { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
