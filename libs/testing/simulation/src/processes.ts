import { draftedPlans } from '@osm/engine';
import type { Ports } from '@osm/platform';
import { PlanBook, PlanIndex, PlannerController, runPlans, workDrafts } from '@osm/services/planner';
import { obeyCancels, workSteps } from '@osm/services/migrator';
import type { StepService } from '@osm/resource';
import { Life } from './life.ts';
import { portsOf } from './process-ports.ts';
import type { Stage } from './stage.ts';

const services: readonly StepService[] = ['identity', 'network', 'image', 'block-storage', 'data-transfer'];

/** A process of which one life follows the other. */
export interface Process {
  readonly name: string;
  life: Life;
  /** What answers people; undefined where the process takes no requests. */
  controller: PlannerController | undefined;
}

/** The processes of a seed: planners and workers, each started again when it dies. */
export class Processes {
  readonly all: Process[] = [];
  /** What a process raised where nobody was to hear of it: a defect. */
  readonly broken: string[] = [];
  #lives = 0;

  constructor(private readonly stage: Stage) {
    const planners = stage.chance.happens(0.3) ? 2 : 1;
    const workers = stage.chance.between(1, 3);
    for (let n = 0; n < planners; n++) this.#add(`planner-${n}`);
    for (let n = 0; n < workers; n++) this.#add(`worker-${n}`);
  }

  /** Kills a process; its next life begins so many milliseconds later. */
  kill(process: Process, restart: number): void {
    if (process.life.isDead) return;
    this.stage.trace(process.life.name, () => 'is killed');
    process.life.suffer({ kind: 'killed' });
    process.controller = undefined;
    this.stage.timeline.after(restart, () => this.#start(process));
  }

  /** Every planner that would hear a request now. */
  get planners(): readonly Process[] {
    return this.all.filter(({ controller, life }) => controller !== undefined && life.isAwake);
  }

  #add(name: string): void {
    const process: Process = { name, life: this.#newLife(name), controller: undefined };
    this.all.push(process);
    this.#begin(process);
  }

  #start(process: Process): void {
    process.life = this.#newLife(process.name);
    this.#begin(process);
  }

  #newLife(name: string): Life {
    this.#lives += 1;
    return new Life(`${name}.${this.#lives}`, this.stage.timeline, this.stage.chance);
  }

  #begin(process: Process): void {
    const { life } = process;
    const ports = portsOf(this.stage, life);
    this.stage.trace(life.name, () => 'starts');
    const begun = process.name.startsWith('planner') ? plan(ports, process) : work(ports);
    // A process that cannot start ends, and is started again.
    begun.catch((error: unknown) => {
      this.stage.trace(life.name, () => `cannot start: ${String(error)}`);
      this.broken.push(`${life.name} cannot start: ${String(error)}`);
    });
  }
}

const plan = async (ports: Ports, process: Process): Promise<void> => {
  const { life } = process;
  const book = new PlanBook(ports);
  const index = new PlanIndex(ports);
  await workDrafts(ports, book);
  await runPlans(ports, book, index);
  if (!life.isDead) process.controller = new PlannerController(ports, book, index);
};

const work = async (ports: Ports): Promise<void> => {
  const plans = draftedPlans(ports.log);
  const cancels = obeyCancels(ports);
  for (const service of services) await workSteps(ports, service, plans, cancels);
};
