import type { Event } from '@osm/api-client';
import { eventAbout, subjectOfKind, type EventAbout } from '../../events/event-about.ts';
import { whoDid } from '../../events/event-words.ts';

/** Which events are shown; it stands in the address, so that it can be handed on. */
export interface AuditFilter {
  /** A part of the name of who did it. */
  readonly who: string;
  /** What people did, or all that was recorded. */
  readonly of: 'people' | 'all';
  readonly kind: EventAbout['kind'] | undefined;
  readonly type: string | undefined;
  readonly plan: string | undefined;
  /** Exactly this subject. */
  readonly subject: string | undefined;
  /** As the clock of whoever looks has it: `2026-11-23T02:00`. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What events can be about. */
export const kinds = ['plan', 'migration', 'scan', 'inventory', 'limits', 'access'] as const;

/** Events that tell of somebody's word; all others follow from these. */
const bySomebody: readonly string[] = [
  ...['ScanRequested', 'PlanRequested', 'PlanApproved', 'PlanSeconded', 'PlanStarted', 'PlanPaused', 'PlanResumed'],
  ...['PlanCancelling', 'PlanCancelled', 'StepRetryRequested', 'StepSkipRequested', 'ExternalTwinRegistered'],
  ...['MappingImported', 'TwinRecovered', 'AuxiliaryCollected', 'MigrationForgotten', 'MigrationRecalled'],
  ...['LimitsChanged', 'TokenCreated', 'TokenRevoked'],
];

const words = ['type', 'plan', 'subject', 'from', 'to'] as const;

/** As the address has it. */
export const filterOf = (search: URLSearchParams): AuditFilter => ({
  who: search.get('who') ?? '',
  of: search.has('all') ? 'all' : 'people',
  kind: kinds.find((kind) => kind === search.get('kind')),
  ...{ type: search.get('type') ?? undefined, plan: search.get('plan') ?? undefined },
  subject: search.get('subject') ?? undefined,
  ...{ from: search.get('from') ?? undefined, to: search.get('to') ?? undefined },
});

/** The address of it: what is as at first is left out. */
export const searchOf = (filter: AuditFilter): URLSearchParams => {
  const search = new URLSearchParams();
  if (filter.who !== '') search.set('who', filter.who);
  if (filter.of === 'all') search.set('all', '');
  if (filter.kind !== undefined) search.set('kind', filter.kind);
  for (const key of words) {
    const value = filter[key];
    if (value !== undefined) search.set(key, value);
  }
  return search;
};

/** What the API can choose by. */
export const queryOf = ({ of, kind, type, plan, subject }: AuditFilter) => {
  const types = type ?? (of === 'people' ? bySomebody.join(',') : undefined);
  const about = subject ?? (kind === undefined ? undefined : subjectOfKind(kind));
  return {
    ...(types === undefined ? {} : { type: types }),
    ...(about === undefined ? {} : { subject: about }),
    ...(plan === undefined ? {} : { plan }),
  };
};

/** The types of events of which one may belong into the list. */
export const typesOf = ({ of, type }: AuditFilter): RegExp => {
  if (type !== undefined) return new RegExp(`^${type}$`);
  return of === 'people' ? new RegExp(`^(${bySomebody.join('|')})$`) : /./;
};

/** What is left to be looked at in each event. */
export const isWanted = (event: Event, { who, from, to }: AuditFilter): boolean =>
  whoDid(event).toLowerCase().includes(who.trim().toLowerCase()) &&
  (from === undefined || new Date(event.at) >= new Date(from)) &&
  (to === undefined || new Date(event.at) < new Date(to));

/** The words of a subject that is looked for. */
export const subjectWords = (subject: string): string => {
  const { what, id } = eventAbout(subject);
  return id === undefined ? what : `${what} ${id.slice(0, 8)}`;
};
