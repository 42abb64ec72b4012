import { verdicts, type Verdict } from './verdicts.ts';

/** What of the report is shown; it stands in the address, so that it can be handed on. */
export interface FidelityFilter {
  readonly plan: string | undefined;
  readonly project: string | undefined;
  readonly type: string | undefined;
  /** Undefined: all of them, the worst first. */
  readonly verdict: Verdict | undefined;
}

/** As the address has it. */
export const filterOf = (search: URLSearchParams): FidelityFilter => ({
  plan: search.get('plan') ?? undefined,
  project: search.get('project') ?? undefined,
  type: search.get('type') ?? undefined,
  verdict: verdicts.find((verdict) => verdict === search.get('verdict')),
});

/** The address of it: what is not chosen is left out. */
export const searchOf = (filter: FidelityFilter): URLSearchParams => {
  const search = new URLSearchParams();
  for (const key of ['plan', 'project', 'type', 'verdict'] as const) {
    const value = filter[key];
    if (value !== undefined) search.set(key, value);
  }
  return search;
};

/** What the API is asked for, whatever the verdict. */
export const queryOf = ({ plan, project, type }: FidelityFilter) => ({
  ...(plan === undefined ? {} : { plan }),
  ...(project === undefined ? {} : { project }),
  ...(type === undefined ? {} : { type }),
});

/** The command that tells the same. */
export const commandOf = ({ plan, project, type, verdict }: FidelityFilter): string =>
  [
    'fidelity',
    ...(plan === undefined ? [] : [`--plan ${plan}`]),
    ...(project === undefined ? [] : [`--project ${project}`]),
    ...(type === undefined ? [] : [`--resource-type ${type}`]),
    ...(verdict === undefined ? [] : [`--verdict ${verdict}`]),
  ].join(' ');
