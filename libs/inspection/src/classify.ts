import type { MigrationState } from '@osm/domain';
import { refKey, type Ref, type Route } from '@osm/kernel';
import type { Resource } from '@osm/resource';
import { lookMark, marksOf, type Origin } from './marks.ts';
import type { Recorded } from './recorded.ts';
import type { Sighting } from './sighting.ts';

/**
 * - `known`: the log says what it is, and somebody still has it in hand, or it is the recorded twin.
 * - `crash-window`: we meant to make it and nobody has recorded that we have: whoever goes on finds it and takes it.
 * - `temporary-past-its-time`: made for a while by a plan that has ended.
 * - `unknown`: marked like ours, and nothing in this log makes it.
 */
export type MarkClass = 'known' | 'crash-window' | 'temporary-past-its-time' | 'unknown';

/** A sighting, and what the log says to it. */
export interface Classified extends Sighting {
  readonly class: MarkClass;
  /** In words. */
  readonly because: string;
  /** What the mark was made of, where the log knows. */
  readonly ref?: Ref;
  readonly route?: Route;
  readonly step?: string;
  readonly plans: readonly string[];
  /** Whether the log agrees that it may go. */
  readonly removable: boolean;
  /** Whether a plan that has not ended accounts for it: it is in nobody's way. */
  readonly inHand: boolean;
}

/** Milliseconds after which a plan that does nothing about it any more is waited for no longer. */
const longest = 24 * 3_600_000;

/** Says of each sighting what the log makes of it. Pure. Ids that were made of markers are told only where nobody has recorded them. */
export const classify = (
  sightings: readonly Sighting[],
  recorded: Recorded,
  handlers: ReadonlyMap<string, Resource>,
  now: Date,
): readonly Classified[] => {
  if (sightings.length === 0) return [];
  const origins = originsOf(recorded, handlers);
  return sightings.flatMap((sighting) => {
    const found = origins.get(sighting.mark);
    if (sighting.where === 'id' && found === undefined) return [];
    if (found === undefined) return [withoutOrigin(sighting)];
    const { origin, state } = found;
    const told = origin.role === 'twin' ? asTwin(sighting, origin, state) : asTemporary(sighting, found, recorded, now);
    return told === undefined
      ? []
      : [{ ...sighting, ref: origin.ref, route: origin.route, step: origin.step, ...told }];
  });
};

interface Explained {
  readonly origin: Origin;
  readonly state: MigrationState | undefined;
}

type Told = Pick<Classified, 'class' | 'because' | 'plans' | 'removable' | 'inHand'>;

const originsOf = (recorded: Recorded, handlers: ReadonlyMap<string, Resource>): ReadonlyMap<string, Explained> => {
  const origins = new Map<string, Explained>();
  for (const { route, ref, state } of recorded.resources) {
    const handler = handlers.get(ref.type);
    if (handler === undefined) continue;
    for (const [mark, origin] of marksOf(route, handler, ref.id, state?.discarded))
      origins.set(mark, { origin, state });
  }
  return origins;
};

const told = (of: MarkClass, because: string, more: Partial<Told> = {}): Told => ({
  class: of,
  because,
  plans: [],
  removable: false,
  inHand: false,
  ...more,
});

const withoutOrigin = (sighting: Sighting): Classified => {
  const { kind, cloud, within, mark } = sighting;
  const isLook = kind === 'tag' && within !== undefined && mark === lookMark(cloud, within);
  return {
    ...sighting,
    ...(isLook
      ? told('crash-window', 'a scan has borrowed a role here; the next one gives it back')
      : told('unknown', 'nothing in this log makes it: another migration’s, or of a log that was lost')),
  };
};

const asTwin = (sighting: Sighting, { discarded }: Origin, state: MigrationState | undefined): Told | undefined => {
  if (sighting.side === 'source') {
    return told('unknown', 'marked like a twin, and stands at the source: of a route the other way');
  }
  if (state === undefined || !(state.attempted || state.destinationId !== undefined)) {
    // An id alone says this only where the very marker was made of it: nobody else chooses such an id.
    return told('unknown', 'a twin that this log has not made: openstack-migrate recover --from-markers takes it over');
  }
  const open = state.open.map(({ planId }) => planId);
  if (state.destinationId === sighting.id && !state.forgotten) {
    // An id is no marker that could be taken out.
    if (sighting.where === 'id') return undefined;
    const because = state.migrated
      ? 'the recorded twin, finished, still wears its marker'
      : 'the recorded twin, which is not finished yet';
    return told('known', because, { plans: open, inHand: open.length > 0 });
  }
  if (state.destinationId !== undefined && !state.forgotten) {
    return told('unknown', `the log has another twin, ${state.destinationId}: this one is a second one`);
  }
  if (discarded !== state.discarded) return told('unknown', 'a twin that was given up, and is still there');
  return told('crash-window', 'meant to be made, and not recorded: the next run takes it', {
    plans: open,
    inHand: open.length > 0,
  });
};

const asTemporary = (
  sighting: Sighting,
  { origin, state }: Explained,
  { plans }: Recorded,
  now: Date,
): Told | undefined => {
  if (sighting.kind === 'lowered-rule' && hasSucceeded(state, origin.step)) return undefined;
  const key = refKey(origin.ref);
  const concerned = plansOf(sighting, origin, state);
  const known = concerned.filter((id) => plans.has(id));
  if (known.length === 0) {
    return told('unknown', `made for step ${origin.step} of ${key}, of which this log knows no attempt`);
  }
  const running = [...plans].filter(([id, plan]) => !plan.ended && (known.includes(id) || plan.inHand.has(key)));
  const [first] = running;
  if (first === undefined) return pastItsTime(sighting, origin, state, known);
  const [planId, plan] = first;
  const open = state?.open.some((attempt) => attempt.planId === planId) === true;
  if (!open && isOld(sighting, now)) {
    const because = `made more than a day ago for plan ${planId}, which is ${plan.status} and does nothing about it`;
    return told('temporary-past-its-time', because, { plans: known });
  }
  const because = `made for step ${origin.step} of plan ${planId}, which is ${plan.status} and collects it`;
  return told('known', because, { plans: running.map(([id]) => id), inHand: true });
};

/** Which plans have made it, as far as the log and the thing itself say. */
const plansOf = (sighting: Sighting, { step }: Origin, state: MigrationState | undefined): readonly string[] => {
  const attempts = [...(state?.open ?? []), ...(state?.settled ?? [])].filter((attempt) => attempt.step === step);
  return [
    ...new Set([...(sighting.planId === undefined ? [] : [sighting.planId]), ...attempts.map(({ planId }) => planId)]),
  ];
};

const pastItsTime = (
  { kind, inUse, side }: Sighting,
  { step, ref }: Origin,
  state: MigrationState | undefined,
  plans: readonly string[],
): Told => {
  const mayBootFrom =
    kind === 'image' && side === 'destination' && ref.type === 'instance' && state?.destinationId !== undefined;
  const because = `made for step ${step} of plan ${plans.join(', ')}, which has ended`;
  const kept = mayBootFrom
    ? 'the twin may boot from it: plan the instance again'
    : whyKept(kind, inUse === true, state);
  return kept === undefined
    ? told('temporary-past-its-time', because, { plans, removable: true })
    : told('temporary-past-its-time', `${because}; ${kept}`, { plans });
};

/** Why something is not taken away, though nobody wants it any more. */
const whyKept = (kind: string, inUse: boolean, state: MigrationState | undefined): string | undefined => {
  if (kind === 'lowered-rule') return 'a rule of the tenant’s, which the next plan gives its write access back';
  if (kind === 'lent-key') return 'the next plan of the instance takes it back, with the key that it lends';
  if (kind === 'port' && inUse) return 'a router uses it';
  if (state !== undefined && state.open.length > 0) return 'a step of the resource is still open';
  return undefined;
};

const hasSucceeded = (state: MigrationState | undefined, step: string): boolean =>
  state?.settled.some((settled) => settled.step === step && settled.outcome === 'succeeded') === true;

const isOld = ({ since }: Sighting, now: Date): boolean => {
  const at = since === undefined ? Number.NaN : Date.parse(/[Z+]/.test(since) ? since : `${since}Z`);
  return now.getTime() - at > longest;
};
