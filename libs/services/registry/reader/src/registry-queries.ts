import type { Answers, RequestOf } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import { fidelity } from './fidelity.ts';
import { inventory } from './inventory.ts';
import { mappings } from './mappings.ts';
import { plan, plans } from './plans.ts';
import { scan } from './scans.ts';

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
});
