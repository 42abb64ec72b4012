import type { Answers, RequestOf } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { fidelity } from './fidelity.ts';
import { inventory } from './inventory.ts';
import { mappings } from './mappings.ts';
import { fidelityPage, fidelitySummary } from './fidelity-page.ts';
import { inventoryPage, inventorySummary, resource } from './inventory-page.ts';
import { mapping, mappingPage } from './mapping-page.ts';
import { plan, planPage, plans, planSummary, stepPage } from './plans.ts';
import { clouds, scan } from './scans.ts';
import { sides } from './sides.ts';

/** What can be asked of the database; each answer is what its `registry.*` request is answered with. */
export interface RegistryQueries {
  /** The log position up to which the database tells. */
  position(): number;
  mappings(asked: RequestOf<'registry.mappings'>): Answers['registry.mappings'];
  plan(planId: string): Answers['registry.plan'];
  plans(): Answers['registry.plans'];
  scan(scanId: string): Answers['registry.scan'];
  inventory(asked: RequestOf<'registry.inventory'>): Answers['registry.inventory'];
  fidelity(asked: RequestOf<'registry.fidelity'>): Answers['registry.fidelity'];
  mappingPage(asked: RequestOf<'registry.mapping-page'>): Answers['registry.mapping-page'];
  mapping(uuid: string): Answers['registry.mapping'];
  sides(uuid: string): Answers['registry.sides'];
  planPage(asked: RequestOf<'registry.plan-page'>): Answers['registry.plan-page'];
  planSummary(planId: string): Answers['registry.plan-summary'];
  stepPage(asked: RequestOf<'registry.step-page'>): Answers['registry.step-page'];
  inventoryPage(asked: RequestOf<'registry.inventory-page'>): Answers['registry.inventory-page'];
  resource(asked: RequestOf<'registry.resource'>): Answers['registry.resource'];
  inventorySummary(cloud: string): Answers['registry.inventory-summary'];
  fidelityPage(asked: RequestOf<'registry.fidelity-page'>): Answers['registry.fidelity-page'];
  fidelitySummary(asked: RequestOf<'registry.fidelity-summary'>): Answers['registry.fidelity-summary'];
  clouds(): Answers['registry.clouds'];
}

/** The queries over an open database. Synchronous, as SQLite is. */
export const registryQueries = (db: Database): RegistryQueries => ({
  position: () => db.prepare<[], number>('SELECT position FROM checkpoint').pluck().get() ?? 0,
  mappings: (asked) => mappings(db, asked),
  plan: (planId) => plan(db, planId),
  plans: () => plans(db),
  scan: (scanId) => scan(db, scanId),
  inventory: (asked) => inventory(db, asked),
  fidelity: (asked) => fidelity(db, asked),
  mappingPage: (asked) => mappingPage(db, asked),
  mapping: (uuid) => mapping(db, uuid),
  sides: (uuid) => sides(db, uuid),
  planPage: (asked) => planPage(db, asked),
  planSummary: (planId) => planSummary(db, planId),
  stepPage: (asked) => stepPage(db, asked),
  inventoryPage: (asked) => inventoryPage(db, asked),
  resource: (asked) => resource(db, asked),
  inventorySummary: (cloud) => inventorySummary(db, cloud),
  fidelityPage: (asked) => fidelityPage(db, asked),
  fidelitySummary: (asked) => fidelitySummary(db, asked),
  clouds: () => clouds(db),
});
