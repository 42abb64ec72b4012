import type { Event } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { requestsOf } from './requests-of.ts';

const event = (position: number, data: Event['data']): Event => ({
  ...{ id: `e${position}`, type: 'StepFailed', version: 1, at: '2026-11-23T02:00:00.000Z', subject: 's', position },
  ...{ data: { step: 'create', attempt: 1, ...data }, producer: 'migrator' },
});

const failure = (http?: object) => ({ code: 'c', message: 'no room', remedy: 'Make room.', ...(http && { http }) });
const http = { service: 'network', method: 'POST', url: 'http://c/v2.0/subnets' };

describe('the requests that a resource met a refusal with', () => {
  it('are those of its failures, newest first, each with the id by which the cloud knows it', () => {
    const found = requestsOf([
      event(1, { failure: failure({ ...http, status: 409, requestId: 'req-1' }) }),
      event(2, { attempt: 2, failure: failure(http) }),
    ]);
    expect(found).toMatchObject([
      { position: 2, attempt: 2, status: undefined, requestId: undefined },
      { position: 1, method: 'POST', url: http.url, status: 409, requestId: 'req-1', message: 'no room' },
    ]);
  });

  it('are none where nothing was asked of a cloud', () => {
    expect(requestsOf([event(1, { failure: failure() }), event(2, {})])).toEqual([]);
  });
});
