import type { RecordedEvent } from '@osm/contracts';
import { redeliveryDelay, shortLease, type SubscribeOptions, type Subscription } from '@osm/event-log';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Fate, Life } from './life.ts';
import { isWithin, type SharedLog } from './shared-log.ts';
import type { Timeline } from './timeline.ts';
import type { Wire } from './wire.ts';

interface Member {
  readonly life: Life;
  readonly wire: Wire;
  readonly handler: SubscribeOptions['handler'];
  hasLeft: boolean;
  /** A process takes one event of a subscription at a time. */
  isBusy: boolean;
  /** What it has in hand; those who leave wait for it. */
  inHand: Promise<void>;
}

/** One delivery; whoever lost it has no say about it any more. */
interface InFlight {
  readonly event: RecordedEvent;
  readonly member: Member;
}

interface Durable {
  readonly filter: string;
  position: number;
  /** How often the event at hand was delivered. */
  deliveries: number;
  inFlight: InFlight | undefined;
  notBefore: number;
  readonly members: Member[];
}

interface Surroundings {
  readonly shared: SharedLog;
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly faults: Faults;
  trace(what: () => string): void;
}

/** The durable subscriptions, as the log keeps them: in order, one event in flight, each until it is acknowledged. */
export class Subscriptions {
  readonly #durables = new Map<string, Durable>();
  readonly #waiting = new Set<() => void>();

  constructor(private readonly around: Surroundings) {
    around.shared.watch(() => {
      for (const name of this.#durables.keys()) this.#pump(name);
      for (const wake of [...this.#waiting]) wake();
    });
  }

  /** Whether every subscription has seen all that is for it. */
  get areIdle(): boolean {
    return [...this.#durables.values()].every(
      (durable) => durable.inFlight === undefined && next(this.around.shared, durable) === undefined,
    );
  }

  join(life: Life, wire: Wire, { durable: name, filter, handler }: SubscribeOptions): Subscription {
    const durable = this.#durables.get(name) ?? newDurable(filter);
    this.#durables.set(name, durable);
    const member: Member = { life, wire, handler, hasLeft: false, isBusy: false, inHand: Promise.resolve() };
    durable.members.push(member);
    life.onFate((fate) => this.#suffer(name, durable, member, fate));
    this.#pump(name);
    return {
      stop: () => {
        member.hasLeft = true;
        return member.inHand;
      },
    };
  }

  /** The server of the log ended and forgot what was last acknowledged to it: those events come again. */
  forgetAcks(most: number): void {
    for (const [name, durable] of this.#durables) {
      for (let back = this.around.chance.below(most + 1); back > 0 && durable.position > 0; back--) {
        const before = this.around.shared.events
          .slice(0, durable.position - 1)
          .findLast(({ subject }) => isWithin(durable.filter, subject));
        durable.position = before?.position ?? 0;
      }
      durable.inFlight = undefined;
      this.#pump(name);
    }
  }

  untilMore(signal: AbortSignal, life: Life): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        this.around.timeline.after(1, () => life.wake(resolve));
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #suffer(name: string, durable: Durable, member: Member, fate: Fate): void {
    if (fate.kind === 'killed') member.hasLeft = true;
    const flight = durable.inFlight;
    const { timeline, chance } = this.around;
    if (fate.kind !== 'killed') timeline.after(fate.for + 25, () => this.#pump(name));
    const isNoticed = fate.kind === 'killed' || fate.for >= shortLease;
    if (flight?.member !== member || !isNoticed) return;
    timeline.after(1 + chance.below(shortLease), () => this.#release(name, flight));
  }

  /** The event comes again, to whoever is there. */
  #release(name: string, flight: InFlight): void {
    const durable = this.#durables.get(name);
    if (durable?.inFlight !== flight) return;
    durable.inFlight = undefined;
    this.#pump(name);
  }

  #pump(name: string): void {
    const durable = this.#durables.get(name);
    if (durable === undefined || durable.inFlight !== undefined) return;
    const { timeline, chance, faults, shared } = this.around;
    if (timeline.now < durable.notBefore) return;
    const event = next(shared, durable);
    const awake = durable.members.filter(({ hasLeft, isBusy, life }) => !hasLeft && !isBusy && life.isAwake);
    if (event === undefined || awake.length === 0) return;
    const member = chance.pick(awake);
    const flight: InFlight = { event, member };
    durable.inFlight = flight;
    durable.deliveries += 1;
    const wait = faults.happens('delivery-delayed') ? chance.below(3000) : chance.below(3);
    timeline.after(wait, () => member.life.wake(() => this.#hand(name, flight)));
    // A message that is lost on its way has its lease, too.
    timeline.after(shortLease, () => !member.life.isAwake && this.#release(name, flight));
  }

  #hand(name: string, flight: InFlight): void {
    const { event, member } = flight;
    if (member.hasLeft || member.isBusy) return this.#release(name, flight);
    const { trace } = this.around;
    trace(() => `${member.life.name} hears ${event.type} at ${event.position} (${name})`);
    const acknowledge = (): void => {
      // Where the acknowledgement is lost the lease runs out.
      this.around.timeline.after(shortLease, () => this.#release(name, flight));
      member.wire.tell(`ack of ${event.position} (${name})`, () => this.#acknowledge(name, flight));
    };
    const putBack = (error: unknown): void => {
      trace(() => `${member.life.name} could not take ${event.position}: ${String(error)}`);
      this.#putBack(name, flight);
    };
    member.isBusy = true;
    member.inHand = member
      .handler(event)
      .then(acknowledge, putBack)
      .then(() => {
        member.isBusy = false;
        this.#pump(name);
      });
  }

  #acknowledge(name: string, flight: InFlight): void {
    const durable = this.#durables.get(name);
    if (durable?.inFlight !== flight) return;
    durable.position = flight.event.position;
    durable.deliveries = 0;
    durable.inFlight = undefined;
    this.#pump(name);
  }

  #putBack(name: string, flight: InFlight): void {
    const durable = this.#durables.get(name);
    if (durable?.inFlight !== flight) return;
    const delay = redeliveryDelay(durable.deliveries);
    durable.notBefore = this.around.timeline.now + delay;
    durable.inFlight = undefined;
    this.around.timeline.after(delay, () => this.#pump(name));
  }
}

const newDurable = (filter: string): Durable => ({
  filter,
  position: 0,
  deliveries: 0,
  inFlight: undefined,
  notBefore: 0,
  members: [],
});

const next = ({ events }: SharedLog, { position, filter }: Durable): RecordedEvent | undefined => {
  for (let at = position; at < events.length; at++) {
    const event = events[at];
    if (event !== undefined && isWithin(filter, event.subject)) return event;
  }
  return undefined;
};
