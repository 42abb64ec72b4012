import { AsyncLocalStorage } from 'node:async_hooks';
import { redeliveryDelay, type Handled, type Subscription, type WorkOptions } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Fate, Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { Wire } from './wire.ts';

/** Milliseconds after which what a dead worker had in hand goes to another one, where it asks for nothing shorter. */
export const longLease = 20_000;

/** What a worker does, it does for this command; `signal` tells that it has lost it. */
export interface InHand {
  readonly key: string;
  readonly signal: AbortSignal;
}

/** On behalf of which command the code runs that asks. */
export const inHand = new AsyncLocalStorage<InHand>();

interface Command {
  readonly queue: string;
  readonly key: string;
  readonly text: string;
  readonly number: number;
  deliveries: number;
  due: number;
  lease: Lease | undefined;
}

/** The right of one worker to one command. */
interface Lease {
  readonly command: Command;
  readonly worker: Worker;
  readonly delivery: number;
  /** Tells the worker that it has lost it. */
  readonly lost: AbortController;
}

interface Worker {
  readonly life: Life;
  readonly wire: Wire;
  readonly options: WorkOptions;
  readonly leases: Set<Lease>;
  readonly running: Set<Promise<void>>;
  hasLeft: boolean;
}

interface Surroundings {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly faults: Faults;
  trace(what: () => string): void;
}

/** The queues, as their server keeps them: each command with one worker at a time, until it is done. */
export class Commands {
  readonly #queues = new Map<string, Map<string, Command>>();
  readonly #workers = new Map<string, Worker[]>();
  #made = 0;
  /** What was last acknowledged, for a server that forgets it. */
  #done: Command[] = [];

  /** Hears of each command in the moment that a worker has said that it is done. */
  onDone: (queue: string, key: string) => void = () => undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly longest = longLease,
  ) {}

  /** Whether nothing is left to be done. */
  get areIdle(): boolean {
    return [...this.#queues.values()].every(({ size }) => size === 0);
  }

  get pending(): readonly string[] {
    return [...this.#queues].flatMap(([queue, commands]) => [...commands.keys()].map((key) => `${queue} ${key}`));
  }

  enqueue(queue: string, key: string, command: JsonObject): 'queued' | 'pending' {
    const commands = this.#queues.get(queue) ?? new Map<string, Command>();
    this.#queues.set(queue, commands);
    if (commands.has(key)) return 'pending';
    const { now } = this.around.timeline;
    commands.set(key, {
      ...{ queue, key, text: JSON.stringify(command), number: this.#made++ },
      ...{ deliveries: 0, due: now, lease: undefined },
    });
    this.#pump(queue);
    return 'queued';
  }

  withdraw(queue: string, keyPrefix: string): number {
    const commands = this.#queues.get(queue) ?? new Map<string, Command>();
    const untaken = [...commands.values()].filter(
      ({ key, deliveries }) => key.startsWith(keyPrefix) && deliveries === 0,
    );
    for (const { key } of untaken) commands.delete(key);
    return untaken.length;
  }

  work(life: Life, wire: Wire, options: WorkOptions): Subscription {
    const worker: Worker = { life, wire, options, leases: new Set(), running: new Set(), hasLeft: false };
    this.#workers.set(options.queue, [...(this.#workers.get(options.queue) ?? []), worker]);
    life.onFate((fate) => this.#suffer(worker, fate));
    this.#pump(options.queue);
    return {
      stop: async () => {
        worker.hasLeft = true;
        await Promise.all(worker.running);
      },
    };
  }

  /** The server ended and forgot what was last acknowledged to it: some of it comes again, as if for the first time. */
  forgetAcks(): void {
    for (const command of this.#done) {
      const commands = this.#queues.get(command.queue);
      if (commands === undefined || commands.has(command.key) || this.around.chance.happens(0.5)) continue;
      commands.set(command.key, { ...command, deliveries: 0, due: this.around.timeline.now, lease: undefined });
    }
    this.#done = [];
    for (const queue of this.#queues.keys()) this.#pump(queue);
  }

  #leaseOf({ options }: Worker): number {
    return Math.min(options.leaseMs ?? this.longest, this.longest);
  }

  #suffer(worker: Worker, fate: Fate): void {
    const { timeline, chance } = this.around;
    const lease = this.#leaseOf(worker);
    if (fate.kind === 'killed') worker.hasLeft = true;
    else timeline.after(fate.for + 25, () => this.#pump(worker.options.queue));
    // The last heartbeat was some time ago.
    const left = Math.round(lease * (2 / 3 + chance.fraction() / 3));
    if (fate.kind !== 'killed' && fate.for < left) return;
    for (const one of worker.leases) this.#expire(one, left - lease / 6, left);
  }

  /** The worker hears of it a while before anybody else has the command. */
  #expire(lease: Lease, told: number, over: number): void {
    const { timeline } = this.around;
    const { worker, command } = lease;
    const lose = (): void => lease.lost.abort(new Error(`the lease of ${command.key} is lost`));
    timeline.after(told, () => worker.life.wakeFirst(lose));
    timeline.after(over, () => this.#release(lease, 0));
  }

  #release(lease: Lease, delay: number): void {
    const { command } = lease;
    if (command.lease !== lease) return;
    command.lease = undefined;
    command.due = this.around.timeline.now + delay;
    this.around.timeline.after(delay, () => this.#pump(command.queue));
  }

  #pump(queue: string): void {
    const { timeline, chance, faults } = this.around;
    const workers = this.#workers.get(queue) ?? [];
    for (;;) {
      const free = workers.filter(
        ({ hasLeft, life, leases, options }) => !hasLeft && life.isAwake && leases.size < options.slots,
      );
      const due = [...(this.#queues.get(queue)?.values() ?? [])]
        .filter((command) => command.lease === undefined && command.due <= timeline.now)
        .sort((a, b) => a.due - b.due || a.number - b.number);
      const command = faults.happens('commands-shuffled') && due.length > 0 ? chance.pick(due) : due[0];
      if (free.length === 0 || command === undefined) return;
      this.#deliver(chance.pick(free), command);
    }
  }

  #deliver(worker: Worker, command: Command): void {
    const { timeline, chance, faults } = this.around;
    command.deliveries += 1;
    const lease: Lease = { command, worker, delivery: command.deliveries, lost: new AbortController() };
    command.lease = lease;
    worker.leases.add(lease);
    const wait = faults.happens('delivery-delayed') ? chance.below(3000) : chance.below(3);
    timeline.after(wait, () => {
      // What is lost on its way to a process comes again when its lease is over.
      if (worker.life.isDead) worker.leases.delete(lease);
      if (worker.life.isDead) timeline.after(this.#leaseOf(worker), () => this.#release(lease, 0));
      else worker.life.wake(() => this.#hand(lease));
    });
  }

  #hand(lease: Lease): void {
    const { worker, command, delivery, lost } = lease;
    const { trace } = this.around;
    if (worker.hasLeft || lost.signal.aborted) {
      worker.leases.delete(lease);
      return this.#release(lease, 0);
    }
    trace(() => `${worker.life.name} takes ${command.queue} ${command.key}, delivery ${delivery}`);
    const asked = {
      key: command.key,
      command: JSON.parse(command.text) as JsonObject,
      deliveries: delivery,
      signal: lost.signal,
    };
    const again = (error: unknown): Handled => {
      trace(() => `${worker.life.name} fails at ${command.key}: ${String(error)}`);
      return { again: redeliveryDelay(delivery) };
    };
    const running = inHand
      .run({ key: command.key, signal: lost.signal }, () => worker.options.handler(asked))
      .catch(again)
      .then((handled) => {
        worker.running.delete(running);
        worker.leases.delete(lease);
        this.#answer(lease, handled);
        this.#pump(command.queue);
      });
    worker.running.add(running);
  }

  /** Whoever has lost the lease has no say any more. */
  #answer(lease: Lease, handled: Handled): void {
    const { worker, command, lost } = lease;
    const { timeline, trace } = this.around;
    trace(
      () =>
        `${worker.life.name} says ${handled === 'done' ? 'done' : `again in ${handled.again} ms`} of ${command.key}`,
    );
    if (lost.signal.aborted) return;
    // An acknowledgement that is lost: the lease runs out.
    timeline.after(this.#leaseOf(worker), () => this.#release(lease, 0));
    worker.wire.tell(`ack of ${command.key}`, () => {
      if (command.lease !== lease) return;
      if (handled !== 'done') return this.#release(lease, handled.again);
      this.#queues.get(command.queue)?.delete(command.key);
      this.onDone(command.queue, command.key);
      this.#done = [...this.#done.slice(-5), command];
    });
  }
}
