import { decodeEvent, everyPlan, parseSubject, type PlanRequest } from '@osm/contracts';
import { planStatusAfter, type PlanStatus } from '@osm/domain';
import type { EventLog } from '@osm/event-log';
import { Failure } from '@osm/kernel';
import { wrongUse } from './wrong-use.ts';

/** A plan as far as a person has to know it to say a word to it. */
export interface KnownPlan {
  readonly planId: string;
  readonly request: PlanRequest;
  readonly digest: string | undefined;
  readonly status: PlanStatus;
}

/** Every plan in the log, oldest first. */
export const knownPlans = async (log: EventLog): Promise<readonly KnownPlan[]> => {
  const plans = new Map<string, KnownPlan>();
  for await (const recorded of log.read({ filter: everyPlan })) {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'plan') continue;
    const { planId } = subject;
    const event = decodeEvent(recorded);
    if (event.type === 'PlanRequested') {
      const { asOf: _asOf, by: _by, reason: _reason, needsSecond: _second, ...request } = event.data;
      plans.set(planId, { planId, request, digest: undefined, status: 'requested' });
    }
    const known = plans.get(planId);
    if (known === undefined) continue;
    const digest = event.type === 'PlanDrafted' ? event.data.digest : known.digest;
    plans.set(planId, { ...known, digest, status: planStatusAfter(known.status, event.type) });
  }
  return [...plans.values()];
};

/** Of several with one digest, the one that most likely is meant; of equals the newest. */
const likeliest: readonly PlanStatus[] = [
  'running',
  'paused',
  'cancelling',
  'completed',
  'cancelled',
  'approved',
  'drafted',
];

/** The plan of this id, this beginning of an id, or this digest. Raises `no-such-plan`, and `wrong-use` where several fit. */
export const planNamed = (plans: readonly KnownPlan[], text: string): KnownPlan => {
  if (text.length < shortest) throw wrongUse(`${text === '' ? 'nothing' : text} names no plan`, howToName);
  const exact = plans.find(({ planId }) => planId === text);
  if (exact !== undefined) return exact;
  const byId = plans.filter(({ planId }) => planId.startsWith(text));
  const found = byId.length > 0 ? byId : plans.filter(({ digest }) => digest?.startsWith(text) === true);
  const sameDraft = byId.length === 0 && new Set(found.map(({ digest }) => digest)).size === 1;
  if (found.length > 1 && !sameDraft) {
    const named = found.slice(0, 3).map(({ planId }) => planId);
    throw wrongUse(`${text} is the beginning of ${found.length} plans: ${named.join(', ')} …`, howToName);
  }
  const [best] = found.toReversed().toSorted((a, b) => likeliest.indexOf(a.status) - likeliest.indexOf(b.status));
  if (best !== undefined) return best;
  throw new Failure('no-such-plan', `there is no plan ${text}`, { remedy: howToName });
};

/** Less is more often mistyped than meant. */
const shortest = 4;

const howToName = 'Name its id, the beginning of its id, or its digest, as `openstack-migrate plans` shows them.';
