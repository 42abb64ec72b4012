import type { Cloud } from './frame.ts';
import { table } from './frame.ts';

/** Work that a service goes on with after its answer: it runs once the asynchronous time has passed. */
interface Job {
  readonly since: number;
  run(): void;
}

const jobs = table<Job>('volume.jobs');

/** Leaves work for later. It runs in order of leaving, before the first request that comes after its time. */
export function later(cloud: Cloud, run: () => void): void {
  jobs(cloud).set(cloud.newId(), { since: cloud.now(), run });
}

/** Runs all work whose time has come. Handlers of Glance and Cinder call it first, so that no timer is needed. */
export function catchUp(cloud: Cloud): void {
  for (const [id, job] of [...jobs(cloud)]) {
    if (!cloud.ripe(job.since)) continue;
    jobs(cloud).delete(id);
    job.run();
  }
}
