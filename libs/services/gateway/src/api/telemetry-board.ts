import { Ports, type StepKey } from '@osm/platform';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** How a step comes on, as far as this process has heard. */
export interface TelemetryRow {
  readonly plan_id: string;
  readonly step_id: string;
  readonly state: 'moving' | 'waiting' | 'ended';
  readonly bytes: number | null;
  readonly total: number | null;
  readonly what: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly heard_at: string;
}

type Said = Pick<TelemetryRow, 'state'> & Partial<TelemetryRow>;

/** What moves and what waits now: the newest word of each step that has not ended. */
@Injectable()
export class TelemetryBoard implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #rows = new Map<string, TelemetryRow>();
  readonly #listeners = new Set<(row: TelemetryRow) => void>();
  #deaf: (() => void) | undefined;

  constructor(private readonly ports: Ports) {}

  /** From the start on: between processes nothing is told twice to whoever comes later. */
  onApplicationBootstrap(): void {
    this.#deaf = this.ports.telemetry.listen({
      moved: ({ bytes, total, ...step }) => this.#say(step, { state: 'moving', bytes, total: total ?? null }),
      waiting: ({ what, since, until, ...step }) =>
        this.#say(step, { state: 'waiting', what, since: since.toISOString(), until: until?.toISOString() ?? null }),
      ended: ({ again, ...step }) => this.#say(step, { state: 'ended', until: again?.toISOString() ?? null }),
    });
  }

  onModuleDestroy(): void {
    this.#deaf?.();
  }

  rows(): readonly TelemetryRow[] {
    return [...this.#rows.values()];
  }

  /** Returns what ends the listening. */
  listen(listener: (row: TelemetryRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #say({ planId, stepId }: StepKey, said: Said): void {
    const none = { bytes: null, total: null, what: null, since: null, until: null };
    const heard_at = this.ports.clock.now().toISOString();
    const row: TelemetryRow = { plan_id: planId, step_id: stepId, ...none, ...said, heard_at };
    const key = `${planId} ${stepId}`;
    if (row.state === 'ended') this.#rows.delete(key);
    else this.#rows.set(key, row);
    this.#listeners.forEach((listener) => listener(row));
  }
}
