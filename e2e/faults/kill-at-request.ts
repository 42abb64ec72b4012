import type { Interlude, MetRequest } from '@osm/testing/fake-openstack';
import { fakeOf } from './fake-of.ts';
import type { ServiceApp, Stage } from './stage.ts';

/** Which service dies, at which request to the destination. */
export interface Kill {
  readonly app: ServiceApp;
  readonly method: string;
  /** Regular expression over the full path. */
  readonly path: RegExp;
  /**
   * `before`: the first request does not reach the cloud. `after`: the cloud has done it, and nobody hears of it. Else when
   * so many bytes of a request's body are there for the first time.
   */
  readonly moment: 'before' | 'after' | { readonly byte: number };
}

export interface Kills {
  /** The requests at which somebody died, in order: `migrator-network POST /network/v2.0/networks`. */
  readonly done: readonly string[];
  /** Settles when all services run again; raises where one did not start. */
  restarted(): Promise<void>;
}

const interludes = {
  before: (act: Act): Interlude => ({ before: act }),
  after: (act: Act): Interlude => ({ after: async (request) => void (await act(request)) }),
} as const;

type Act = (request: MetRequest) => Promise<void | 'reset'>;

/** Kills services by `kill -9`, each once at its request, and starts them again at once. */
export const killAtRequests = (stage: Stage, kills: readonly Kill[]): Kills => {
  const done: string[] = [];
  const starts: Promise<unknown>[] = [];
  const dead = new Set<number>();
  const kill = async (app: ServiceApp, { method, path }: MetRequest): Promise<void> => {
    const victim = stage.service(app);
    await victim.kill();
    done.push(`${app} ${method} ${path}`);
    // Two requests of one process: it dies once, and both have lost it.
    if (dead.has(victim.pid)) return;
    dead.add(victim.pid);
    starts.push(stage.start(app));
  };
  const { faults } = fakeOf(stage.clouds.destination);
  for (const { app, method, path, moment } of kills) {
    let left = 1;
    const act = async (request: MetRequest): Promise<void | 'reset'> => {
      if (left-- <= 0) return undefined;
      await kill(app, request);
      // Nothing of a dead sender arrives any more.
      return 'reset';
    };
    if (typeof moment === 'object') faults.add({ method, path, action: { during: { byte: moment.byte, act } } });
    else faults.add({ method, path, times: 1, action: interludes[moment](act) });
  }
  return {
    done,
    restarted: async () => {
      for (const each of await Promise.allSettled(starts)) if (each.status === 'rejected') throw each.reason;
    },
  };
};
