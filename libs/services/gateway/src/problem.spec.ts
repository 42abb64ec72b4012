import { Failure } from '@osm/kernel';
import { ForbiddenException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { isDefect, problemOf } from './problem.ts';

const failed = (code: string, options: Partial<Failure> = {}) =>
  new Failure(code, 'cannot do it: because', { remedy: 'Do something else.', ...options });

describe('a failure of a service', () => {
  it.each([
    ['bad-request', 400],
    ['bad-cursor', 400],
    ['unauthorised', 401],
    ['forbidden', 403],
    ['no-such-plan', 404],
    ['no-such-mapping', 404],
    ['unknown-cloud', 404],
    ['stale-digest', 409],
    ['wrong-status', 409],
    ['not-failed', 409],
    ['bad-policy', 400],
    ['something-else', 422],
    ['nobody-answers', 503],
    ['no-answer', 503],
    ['event-log-unreachable', 503],
  ])('%s is told with the status %i, its own words and what to do', (code, status) => {
    expect(problemOf(failed(code))).toMatchObject({
      ...{ status, code, detail: 'cannot do it: because', remedy: 'Do something else.' },
      type: `urn:openstack-migrate:problem:${code}`,
    });
  });

  it('that a cloud caused is the fault of what is behind us, also where the cloud wants another password', () => {
    const http = { service: 'identity', method: 'POST', url: 'http://cloud/v3', status: 401 };
    expect(problemOf(failed('unauthorised', { http }))).toMatchObject({ status: 502, title: 'Bad Gateway' });
  });
});

describe('what nobody foresaw', () => {
  it.each([
    ['an error', new TypeError('secret is not a function')],
    ['a defect of another service', failed('unexpected', { message: 'secret' })],
    ['no error at all', 'secret'],
  ])('is told without its insides: %s', (_, thrown) => {
    const told = problemOf(thrown);
    expect(told).toMatchObject({ status: 500, code: 'unexpected' });
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(isDefect(told)).toBe(true);
  });
});

it("Nest's own refusals are problems too", () => {
  expect(problemOf(new NotFoundException('Cannot GET /x'))).toMatchObject({ status: 404, code: 'no-such-page' });
  expect(problemOf(new ForbiddenException())).toMatchObject({ status: 403 });
});
