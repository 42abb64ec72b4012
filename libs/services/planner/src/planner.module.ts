import { DraftPlanShape, plannerQueue } from '@osm/contracts';
import type { Subscription } from '@osm/event-log';
import { Ports } from '@osm/platform';
import { Injectable, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { draftPlan } from './draft-plan.ts';
import { PlanBook } from './plan-book.ts';
import { PlannerController } from './planner.controller.ts';
import { runPlans } from './runner.ts';

/** Drafts what was requested and drives what was started. */
@Injectable()
class PlanWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #running: Subscription[] = [];

  constructor(
    private readonly ports: Ports,
    private readonly book: PlanBook,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const drafting = await this.ports.queue.work({
      queue: plannerQueue,
      slots: 1,
      handler: async ({ command }) => {
        await draftPlan(this.ports, this.book, DraftPlanShape.parse(command).planId);
        return 'done';
      },
    });
    this.#running.push(drafting, await runPlans(this.ports, this.book));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
  }
}

const planBook = { provide: PlanBook, useFactory: (ports: Ports) => new PlanBook(ports), inject: [Ports] };

/** The planner: drafts plans, has them approved, drives them. */
@Module({ controllers: [PlannerController], providers: [PlanWorker, planBook] })
export class PlannerModule {}
