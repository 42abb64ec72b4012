import type { Chance } from './chance.ts';

/** Everything that may go wrong between two awaits, by name; the number is how often it does where a seed has it at all. */
const worst = {
  /** A request to the log never arrives; the client asks again after a while. */
  'log-request-lost': 0.03,
  /** It was done, and the answer never arrives. */
  'log-reply-lost': 0.04,
  /** What is acknowledged to the log is lost: it comes again. */
  'ack-lost': 0.05,
  /** What is on its way to a process takes long. */
  'delivery-delayed': 0.05,
  /** Commands are handed out in any order. */
  'commands-shuffled': 0.5,
  /** No connection to the cloud: nothing was done. */
  'cloud-unreachable': 0.04,
  /** 429 or 503: nothing was done. */
  'cloud-busy': 0.06,
  /** 409 out of the blue: nothing was done. */
  'cloud-conflict': 0.03,
  /** 500, 502 or 504, and it was done or not. */
  'cloud-broken': 0.04,
  /** No answer, and it was done or not. */
  'answer-lost': 0.05,
  /** No answer, and it is done long after. */
  'lands-late': 0.04,
  /** A cloud cannot finish what it was asked for. */
  'build-fails': 0.05,
  /** A byte is changed on the way. */
  'bytes-garbled': 0.1,
} as const;

export type FaultName = keyof typeof worst;
const names = Object.keys(worst).filter((name): name is FaultName => name in worst);

/** The small faults of one seed: some kinds never, some now and then, some often; none any more once it is calm. */
export class Faults {
  isCalm = false;
  readonly #rates: ReadonlyMap<string, number>;

  /** `only` these, where a test wants no others. */
  constructor(
    private readonly chance: Chance,
    only: readonly FaultName[] = names,
  ) {
    const strength = (rate: number): number =>
      chance.happens(0.35) ? 0 : chance.happens(0.7) ? rate / 3 : rate * (1 + chance.fraction());
    this.#rates = new Map(only.map((name) => [name, strength(worst[name])]));
  }

  happens(name: FaultName): boolean {
    return !this.isCalm && this.chance.happens(this.#rates.get(name) ?? 0);
  }
}
