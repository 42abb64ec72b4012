import { isFailure, type Failure } from '@osm/kernel';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES, type ServerResponse } from 'node:http';

/** A refusal as HTTP tells it (RFC 9457). */
export interface Problem {
  readonly type: string;
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What could not be done, and why. */
  readonly detail: string;
  /** For programs. */
  readonly code: string;
  /** What to do now. */
  readonly remedy: string;
  /** What is wrong with which field of the request. */
  readonly errors?: readonly FieldError[];
}

/** One field of a request that was refused. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** Which status a refusal of this code is told with; other codes tell it by how they begin. */
export const problemStatuses: Readonly<Record<string, number>> = {
  unauthorised: 401,
  forbidden: 403,
  'foreign-host': 403,
  'too-large': 413,
  'no-such-page': 404,
  'unknown-cloud': 404,
  'unknown-type': 404,
  'no-route': 422,
  ...conflicts('name-taken', 'stale-digest', 'other-draft', 'plan-exists', 'wrong-status', 'still-clearing'),
  ...conflicts('second-twin', 'nothing-to-remove', 'nothing-made', 'asked', 'lease-lost', 'read-only'),
  ...absences('nobody-answers', 'no-answer', 'registry-behind', 'registry-closed', 'event-log-closed', 'not-ready'),
  ...absences('event-log-unreachable', 'event-log-full', 'disk-full', 'closed', 'no-event-log', 'no-registry'),
  unreachable: 502,
  throttled: 503,
};

function conflicts(...codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(codes.map((code) => [code, 409]));
}

function absences(...codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(codes.map((code) => [code, 503]));
}

/** A failure that says why is a refusal: what is asked makes no sense as things stand. */
const statusOf = ({ code, http }: Failure): number => {
  // What a cloud refused is not refused to who asks us: its 401 must not pass for one of ours.
  if (http !== undefined) return 502;
  const status = problemStatuses[code];
  if (status !== undefined) return status;
  if (code.startsWith('bad-')) return 400;
  if (code.startsWith('no-such-')) return 404;
  if (code.startsWith('not-')) return 409;
  return 422;
};

/** A problem of this status; `type` is a name, and no place to go to. */
export const problem = (
  status: number,
  { code, message, remedy }: { readonly code: string; readonly message: string; readonly remedy: string },
  errors?: readonly FieldError[],
): Problem => ({
  type: `urn:openstack-migrate:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Unknown',
  status,
  detail: message,
  code,
  remedy,
  ...(errors === undefined ? {} : { errors }),
});

/** What to tell of anything that was thrown. What nobody foresaw is told without its insides. */
export const problemOf = (error: unknown): Problem => {
  const failure = isFailure(error) ? error : undefined;
  if (failure !== undefined && failure.code !== 'unexpected')
    return problem(statusOf(failure), failure, errorsOf(error));
  const status = statusOfHttp(error);
  if (status === 404) return problem(404, { ...nothingHere, message: wordsOf(error) });
  if (status === 413) return problem(413, tooLarge);
  if (status !== undefined && status < 500) {
    return problem(status, {
      code: 'bad-request',
      message: `cannot take the request: ${wordsOf(error)}`,
      remedy: asDocs,
    });
  }
  return problem(500, unexpected);
};

/** Whether it is a defect of ours, and wants to be in the log. */
export const isDefect = ({ status }: Problem): boolean => status === 500;

/** Answers with a problem, unless the answer has begun already. */
export const sendProblem = (response: ServerResponse, told: Problem): void => {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.statusCode = told.status;
  if (told.status === 401) response.setHeader('www-authenticate', 'Bearer realm="openstack-migrate"');
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(told));
};

const asDocs = 'GET /docs shows what each operation takes.';

const nothingHere = { code: 'no-such-page', remedy: 'GET /docs shows what there is.' };

const tooLarge = {
  code: 'too-large',
  message: 'cannot take the request: its body is larger than 1 MiB',
  remedy: 'Ask for less at a time.',
};

const unexpected = {
  code: 'unexpected',
  message: 'cannot answer: something went wrong that nobody foresaw',
  remedy: 'This is a defect of openstack-migrate: report it with the log of its processes.',
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Of Nest's exceptions, and of what its body parser throws. */
const statusOfHttp = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('status' in error) || !('expose' in error)) return undefined;
  return typeof error.status === 'number' && error.expose === true ? error.status : undefined;
};

const errorsOf = (error: unknown): readonly FieldError[] | undefined =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : undefined;
