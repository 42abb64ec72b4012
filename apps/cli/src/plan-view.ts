import type { DomainEvent, How, PlanEvent, PlanStep, Verdict } from '@osm/contracts';
import { givenUpCode } from '@osm/domain';
import { isLoan } from '@osm/planning';
import { refKey, type FailureRecord, type Ref } from '@osm/kernel';

/** What may become of a resource. */
export type Fate = How | 'removed' | 'deleted' | 'kept' | 'connected' | 'failed' | 'skipped' | 'unfinished';

/** Something that has become of a resource, to be told to people. */
export interface Said {
  readonly what: Fate;
  readonly ref: Ref;
  readonly name: string | null;
  readonly destinationId?: string;
  /** What a step has found worth telling: how consistent the copy is. */
  readonly told?: string;
  /** Failed or unfinished: in which step, and why. */
  readonly step?: string;
  readonly failure?: FailureRecord | undefined;
  /** Skipped: the failed step on which it stands. */
  readonly because?: PlanStep | undefined;
  /** Skipped: who does without it, and why. */
  readonly by?: { readonly by: string; readonly reason: string } | undefined;
}

export type Verdicts = { readonly [verdict in Verdict]: number };

/** How far a step is that was dispatched: in the queue, or in the hands of a worker, and since when. */
export interface InHand {
  readonly step: PlanStep;
  readonly started: boolean;
  readonly since: Date | undefined;
}

/** When which attempt at a step was dispatched or started. */
interface Since {
  readonly attempt: number;
  readonly at: Date | undefined;
}

const dateOf = (at: string | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

type StepStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'unfinished';

const isOpen = (status: StepStatus | undefined): boolean => status === 'waiting' || status === 'running';

/** What the events of one plan add up to, for people to look at. The plan's own events and the migrations' may mix freely. */
export class PlanView {
  state: 'running' | 'paused' | 'completed' | 'cancelling' | 'cancelled' = 'running';
  /** Who paused or cancelled it, and why. */
  stopped: { readonly by: string; readonly reason?: string | undefined } | undefined;

  readonly #steps = new Map<string, PlanStep>();
  readonly #status = new Map<string, StepStatus>();
  readonly #running = new Map<string, Since>();
  readonly #started = new Map<string, Since>();
  readonly #transfers = new Set<string>();
  readonly #names = new Map<string, string | null>();
  readonly #hows = new Map<string, How>();
  readonly #told = new Map<string, string>();
  readonly #removed = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #skipped = new Set<string>();
  /** By step: who does without it, and why. */
  readonly #unwanted = new Map<string, { readonly by: string; readonly reason: string }>();
  readonly #verdicts = new Map<string, Verdicts>();
  #settled = 0;

  /** An event of the plan, and when it was. Returns what is worth saying about it. */
  hearPlan(event: PlanEvent, at?: string): readonly Said[] {
    switch (event.type) {
      case 'PlanSectionDrafted':
        event.data.steps.forEach((step) => this.#add(step));
        return [];
      case 'StepDispatched':
        this.#put(event.data.stepId, 'running');
        this.#running.set(event.data.stepId, { attempt: event.data.attempt, at: dateOf(at) });
        return [];
      case 'StepSettled':
        this.#put(event.data.stepId, this.#isUnfinished(event.data) ? 'unfinished' : event.data.outcome);
        return this.#settledSays(event.data);
      case 'PlanPaused':
      case 'PlanCancelling':
      case 'PlanCancelled':
        this.state = stoppedStates[event.type];
        this.stopped = event.data;
        return [];
      case 'PlanStarted':
      case 'PlanResumed':
        this.state = 'running';
        return [];
      case 'StepRetryRequested':
        this.#unwanted.delete(event.data.stepId);
        if (this.state === 'completed') this.state = 'running';
        return [];
      case 'StepSkipRequested':
        return this.#skipSays(event.data);
      case 'PlanCompleted':
        this.state = 'completed';
        return [];
      case 'PlanRequested':
      case 'PlanSurveyed':
      case 'PlanDrafted':
      case 'PlanRejected':
      case 'PlanApproved':
      case 'PlanSeconded':
        return [];
    }
  }

  /** An event of the migration of this resource, for this plan, and when it was. */
  hearMigration(ref: Ref, event: DomainEvent, at?: string): readonly Said[] {
    const key = refKey(ref);
    const name = this.#names.get(key) ?? null;
    if (event.type === 'ResourceMigrated') {
      const { how, destinationId } = event.data;
      this.#hows.set(key, how);
      const told = this.#told.get(key);
      return [{ what: how, ref, name, destinationId, ...(told !== undefined && { told }) }];
    }
    if (event.type === 'SourceRemoved') {
      this.#removed.add(key);
      return [{ what: 'removed', ref, name }];
    }
    if (event.type === 'TwinRolledBack') {
      this.#deleted.add(key);
      return [{ what: 'deleted', ref, name, destinationId: event.data.destinationId }];
    }
    if (event.type === 'StepSucceeded' && typeof event.data.outputs['told'] === 'string') {
      this.#told.set(key, event.data.outputs['told']);
    }
    if (event.type === 'StepStarted') {
      this.#started.set(event.data.stepId, { attempt: event.data.attempt, at: dateOf(at) });
    }
    if (event.type === 'TwinVerified') {
      const counts = { ...noVerdicts, equal: event.data.equal.length };
      for (const { verdict } of event.data.others) counts[verdict] += 1;
      this.#verdicts.set(key, counts);
    }
    return [];
  }

  /** Nothing more is to come of it for now: it has ended, or is paused and all that was in hand has settled. */
  isOver(): boolean {
    if (this.state === 'paused') return this.#running.size === 0;
    return this.state === 'completed' || this.state === 'cancelled';
  }

  /** Steps that are being run. */
  running(): readonly PlanStep[] {
    return [...this.#running.keys()].flatMap((id) => this.#steps.get(id) ?? []);
  }

  /** The same steps, with whether a worker has them. */
  inHand(): readonly InHand[] {
    return [...this.#running].flatMap(([id, dispatched]) => {
      const step = this.#steps.get(id);
      if (step === undefined) return [];
      const started = this.#started.get(id);
      // The two kinds of events come on roads of their own, in any order.
      const isStarted = started?.attempt === dispatched.attempt;
      return [{ step, started: isStarted, since: isStarted ? started.at : dispatched.at }];
    });
  }

  /** Steps that move bytes and have not settled. */
  transfersLeft(): ReadonlySet<string> {
    return this.#transfers;
  }

  /** How many steps have settled, of how many. */
  progress(): { readonly settled: number; readonly steps: number } {
    return { settled: this.#settled, steps: this.#steps.size };
  }

  /** How many resources ended how; each counts once, by the worst of it. */
  fates(): { readonly [fate in Fate]: number } {
    const counts = { ...noFates };
    for (const fate of this.#fateByResource().values()) counts[fate] += 1;
    return counts;
  }

  /** How many originals were removed. */
  removed(): number {
    return this.#removed.size;
  }

  /** How many attributes of all twins came to which verdict. */
  verdicts(): Verdicts {
    const sum = { ...noVerdicts };
    for (const counts of this.#verdicts.values()) {
      for (const verdict of verdictNames) sum[verdict] += counts[verdict];
    }
    return sum;
  }

  #add(step: PlanStep): void {
    this.#steps.set(step.id, step);
    if (!this.#status.has(step.id)) this.#put(step.id, 'waiting');
    this.#names.set(refKey(step.ref), step.name);
  }

  #put(stepId: string, status: StepStatus): void {
    const before = this.#status.get(stepId);
    this.#settled += Number(!isOpen(status)) - Number(before !== undefined && !isOpen(before));
    this.#status.set(stepId, status);
    if (status !== 'running') this.#running.delete(stepId);
    if (!isOpen(status)) this.#started.delete(stepId);
    if (isOpen(status) && this.#steps.get(stepId)?.service === 'data-transfer') this.#transfers.add(stepId);
    else this.#transfers.delete(stepId);
  }

  #settledSays({ stepId, outcome, because, failure }: Settlement): readonly Said[] {
    const step = this.#steps.get(stepId);
    if (step === undefined || outcome === 'succeeded') return [];
    const { ref, name } = step;
    // Of what a cancelled plan did without, the sum is enough.
    if (this.#isUnfinished({ stepId, outcome, because, failure })) {
      return outcome === 'failed' && !isLoan(step) ? [{ what: 'unfinished', ref, name, step: step.step }] : [];
    }
    if (outcome === 'failed') return [{ what: 'failed', ref, name, step: step.step, failure }];
    const cause = because === undefined ? undefined : this.#steps.get(because);
    // What follows from a failure of the same resource was said with it.
    const isSaid = this.#skipped.has(refKey(ref)) || (cause !== undefined && refKey(cause.ref) === refKey(ref));
    if (isSaid || isLoan(step)) return [];
    this.#skipped.add(refKey(ref));
    return [{ what: 'skipped', ref, name, because: cause, by: this.#unwanted.get(stepId) }];
  }

  /** One that waits is told when its turn comes. */
  #skipSays({ stepId, by, reason }: Extract<PlanEvent, { type: 'StepSkipRequested' }>['data']): readonly Said[] {
    const step = this.#steps.get(stepId);
    this.#unwanted.set(stepId, { by, reason });
    if (step === undefined || this.#status.get(stepId) !== 'failed') return [];
    this.#put(stepId, 'skipped');
    return [{ what: 'skipped', ref: step.ref, name: step.name, by: { by, reason } }];
  }

  /** A cancelled plan has given it up, or done without it: nobody failed. */
  #isUnfinished({ stepId, outcome, because, failure }: Omit<Settlement, 'attempt'>): boolean {
    return outcome === 'skipped' ? because === undefined && !this.#unwanted.has(stepId) : failure?.code === givenUpCode;
  }

  #goneOr({ ref, step }: PlanStep): Fate {
    const key = refKey(ref);
    if (this.#removed.has(key)) return 'removed';
    if (this.#deleted.has(key)) return 'deleted';
    return step === 'roll-back' ? 'kept' : 'connected';
  }

  #fateByResource(): ReadonlyMap<string, Fate> {
    const fates = new Map<string, Fate>();
    const open = new Set<string>();
    for (const [id, step] of this.#steps) {
      if (isLoan(step)) continue;
      const key = refKey(step.ref);
      const status = this.#status.get(id);
      if (status === 'failed' || fates.get(key) === 'failed') fates.set(key, 'failed');
      else if (status === 'unfinished' || fates.get(key) === 'unfinished') fates.set(key, 'unfinished');
      else if (status === 'skipped' || fates.get(key) === 'skipped') fates.set(key, 'skipped');
      else fates.set(key, this.#hows.get(key) ?? this.#goneOr(step));
      if (isOpen(status)) open.add(key);
    }
    // What has more to come is nothing yet, unless its migration said so.
    for (const key of open) if (['connected', 'kept'].includes(fates.get(key) ?? '')) fates.delete(key);
    return fates;
  }
}

const stoppedStates = { PlanPaused: 'paused', PlanCancelling: 'cancelling', PlanCancelled: 'cancelled' } as const;

type Settlement = Extract<PlanEvent, { type: 'StepSettled' }>['data'];

const verdictNames = ['equal', 'mapped', 'lost', 'impossible', 'unknown'] as const;
const noVerdicts = { equal: 0, mapped: 0, lost: 0, impossible: 0, unknown: 0 };
const noFates = {
  created: 0,
  adopted: 0,
  reused: 0,
  external: 0,
  imported: 0,
  connected: 0,
  removed: 0,
  deleted: 0,
  kept: 0,
  failed: 0,
  skipped: 0,
  unfinished: 0,
};
