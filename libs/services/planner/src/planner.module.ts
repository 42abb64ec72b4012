import { Ports, Worker } from '@osm/platform';
import { Module } from '@nestjs/common';
import { PlanBook } from './plan-book.ts';
import { PlanIndex } from './plan-index.ts';
import { PlannerController } from './planner.controller.ts';
import { runPlans } from './runner.ts';
import { workDrafts } from './work-drafts.ts';

const planBook = { provide: PlanBook, useFactory: (ports: Ports) => new PlanBook(ports), inject: [Ports] };
const planIndex = { provide: PlanIndex, useFactory: (ports: Ports) => new PlanIndex(ports), inject: [Ports] };

const planWorker = {
  provide: 'plan-worker',
  useFactory: (ports: Ports, book: PlanBook, index: PlanIndex) =>
    new Worker(async () => [await workDrafts(ports, book), await runPlans(ports, book, index)]),
  inject: [Ports, PlanBook, PlanIndex],
};

/** The planner: drafts plans, has them approved, drives them. */
@Module({ controllers: [PlannerController], providers: [planBook, planIndex, planWorker] })
export class PlannerModule {}
