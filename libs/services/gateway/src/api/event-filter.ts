import { planSubject, type RecordedEvent } from '@osm/contracts';
import { Failure } from '@osm/kernel';

/** Which events somebody wants. */
export interface EventsWanted {
  readonly subject?: string | undefined;
  readonly type?: string | undefined;
  readonly plan?: string | undefined;
}

/** The log's own filter, and what is left to be looked at in each event. */
export interface EventFilter {
  readonly filter?: string;
  fits(event: RecordedEvent): boolean;
}

/** Raises `bad-request` where the subject is none. */
export const eventFilter = ({ subject, type, plan }: EventsWanted): EventFilter => {
  if (subject !== undefined && !/^osm\.evt(\.[^.\s*>]+)*(\.>)?$/.test(subject)) throw badSubject(subject);
  const types = type === undefined ? undefined : new Set(type.split(',').map((each) => each.trim()));
  const own = plan === undefined ? undefined : planSubject(plan);
  const isOfPlan = (event: RecordedEvent): boolean =>
    event.subject === own || event.correlation === plan || event.data['planId'] === plan;
  return {
    ...(subject === undefined ? {} : { filter: subject }),
    fits: (event) => (types === undefined || types.has(event.type)) && (plan === undefined || isOfPlan(event)),
  };
};

const badSubject = (subject: string): Failure =>
  new Failure('bad-request', `cannot look for events of ${subject}: it is no subject of ours`, {
    remedy: 'Name a subject as events have it, or the beginning of one with `.>` at its end: osm.evt.plan.>',
  });
