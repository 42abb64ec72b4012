/**
 * What the engine does about a failure.
 * - `retry`: the same command may be tried again; nothing is known to have happened.
 * - `stop`: trying again cannot help; a person or a new plan has to act.
 * - `unknown`: a request that is not idempotent was sent and its answer was lost; never repeated, looked up instead.
 */
export type Disposition = 'retry' | 'stop' | 'unknown';

/** What the cloud answered, as far as an operator needs it to ask the cloud's owner. */
export interface HttpFault {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** The cloud's own words, at most some hundred characters. */
  readonly body?: string | undefined;
}

export interface FailureOptions {
  readonly disposition?: Disposition;
  /** What a person can do about it: one sentence in the imperative. */
  readonly remedy: string;
  readonly http?: HttpFault | undefined;
  /** Seconds that the cloud asked us to wait (`Retry-After`). */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class: `code` is for programs, `message` says what, which and why, `remedy` says what now.
 * The default disposition is `stop`; transient causes say `retry` where they are recognised.
 */
export class Failure extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly remedy: string;
  readonly http?: HttpFault | undefined;
  readonly retryAfter?: number | undefined;

  constructor(code: string, message: string, options: FailureOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.disposition = options.disposition ?? 'stop';
    this.remedy = options.remedy;
    this.http = options.http;
    this.retryAfter = options.retryAfter;
  }
}

/** A failure without its stack, as events and answers carry it. */
export interface FailureRecord {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly http?: HttpFault | undefined;
}

/** The record of any thrown value; what is no `Failure` becomes `unexpected`, with its own words. */
export const failureRecord = (error: unknown): FailureRecord => {
  if (isFailure(error)) {
    const { code, message, remedy, http } = error;
    return http === undefined ? { code, message, remedy } : { code, message, remedy, http };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message, remedy: 'This is a defect of openstack-migrate: report it with the log.' };
};

/** Recognised by shape: a failure may come from another copy of this module (a bundle beside a bundle). */
export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && error.name === 'Failure' && 'code' in error && 'disposition' in error && 'remedy' in error;
