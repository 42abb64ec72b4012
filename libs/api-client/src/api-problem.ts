/** What a refusal tells (RFC 9457). */
export interface ProblemDetails {
  readonly status: number;
  /** The status in words. */
  readonly title: string;
  /** What could not be done, and why. */
  readonly detail: string;
  /** For programs; `unreachable` where no answer came, `no-problem` where it was none of the API's. */
  readonly code: string;
  /** What to do now. */
  readonly remedy: string;
  /** What is wrong with which field of the request. */
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
}

/** A request that was refused, or that could not be asked. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly remedy: string;
  readonly errors: readonly { readonly field: string; readonly detail: string }[];

  constructor(details: ProblemDetails, cause?: unknown) {
    super(details.detail, cause === undefined ? undefined : { cause });
    this.name = 'ApiProblem';
    this.status = details.status;
    this.title = details.title;
    this.code = details.code;
    this.remedy = details.remedy;
    this.errors = details.errors ?? [];
  }
}

/** The problem that an answer is. */
export const problemIn = async (response: Response): Promise<ApiProblem> => {
  const { status, statusText } = response;
  const text = await response.text();
  const told = parsed(text);
  if (isProblem(told)) return new ApiProblem(told);
  return new ApiProblem({
    ...{ status, title: statusText, code: 'no-problem' },
    detail: `cannot understand the answer: ${status} ${statusText}`,
    remedy: 'Check that the URL is that of an openstack-migrate gateway, and what stands between.',
  });
};

/** The problem of a request that got no answer. */
export const unreachable = (url: string, cause: unknown): ApiProblem =>
  new ApiProblem(
    {
      ...{ status: 0, title: 'No answer', code: 'unreachable' },
      detail: `cannot ask ${url}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'See whether the gateway runs, and whether it can be reached from here.',
    },
    cause,
  );

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever stands between may answer with a page: it is no problem of the API's.
    return undefined;
  }
};

const isProblem = (told: unknown): told is ProblemDetails =>
  typeof told === 'object' &&
  told !== null &&
  ['detail', 'code', 'remedy'].every((name) => name in told && typeof told[name as keyof typeof told] === 'string');
