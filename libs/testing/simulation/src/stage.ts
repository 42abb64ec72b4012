import { encodeEvent, inventorySubject } from '@osm/contracts';
import { digest } from '@osm/kernel';
import { PolicySchema } from '@osm/resource';
import { chanceOf, type Chance } from './chance.ts';
import { CloudStore } from './cloud-store.ts';
import { Commands } from './commands.ts';
import { drawSource, type DrawnSource } from './draw-source.ts';
import { Faults } from './faults.ts';
import { SharedLog } from './shared-log.ts';
import { Subscriptions } from './subscriptions.ts';
import { Timeline } from './timeline.ts';
import { types } from './types.ts';

export const route = { source: 'source', destination: 'destination' } as const;

/** Everything of one seed that outlives the processes: time, log, queues and clouds. */
export interface Stage {
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly shared: SharedLog;
  readonly subscriptions: Subscriptions;
  readonly commands: Commands;
  readonly source: CloudStore;
  readonly destination: CloudStore;
  readonly drawn: DrawnSource;
  readonly isAtomic: boolean;
  /** Until when nobody reaches a cloud, by its name. */
  readonly outages: Map<string, number>;
  /** Originals that go at the source while they are migrated, by a person or swept away by Neutron with a group that they name. */
  readonly gone: Set<string>;
  isGone(id: string): boolean;
  /** Whether the source has a resource no more, whoever took it away. */
  isRemoved(type: string, id: string): boolean;
  isOut(cloud: string): boolean;
  /** Hears of writes of a worker that has lost its command. */
  onLateWrite: (what: string) => void;
  trace(actor: string, what: () => string): void;
}

/** Opens the stage of a seed; `tell` hears every line of its trace, and is left out where nobody listens. */
export const openStage = (seed: number, tell?: (line: string) => void): Stage => {
  const chance = chanceOf(seed);
  const timeline = new Timeline(chance);
  const faults = new Faults(chance);
  const began = timeline.now;
  const trace =
    tell === undefined
      ? () => undefined
      : (actor: string, what: () => string): void =>
          tell(`${((timeline.now - began) / 1000).toFixed(3).padStart(10)} ${actor.padEnd(14)} ${what()}`);
  const shared = new SharedLog();
  const around = { timeline, chance, faults, shared, trace: (what: () => string) => trace('server', what) };
  const drawn = drawSource(chance);
  const source = new CloudStore('source', timeline, faults);
  const destination = new CloudStore('destination', timeline, faults);
  const outages = new Map<string, number>();
  const gone = new Set<string>();
  const stage: Stage = {
    onLateWrite: () => undefined,
    isGone: (id) => gone.has(id),
    isRemoved: (type, id) => source.shelves[types.get(type)?.api.path ?? '']?.rows.has(id) !== true,
    ...{ gone, chance, timeline, faults, shared, source, destination, drawn, outages, trace },
    subscriptions: new Subscriptions(around),
    commands: new Commands(around),
    isAtomic: chance.happens(0.3),
    isOut: (cloud) => !faults.isCalm && timeline.now < (outages.get(cloud) ?? 0),
  };
  shared.watch((event, by) =>
    trace(
      by,
      () =>
        `writes ${event.position} ${event.type} ${event.subject.slice(8)} ${JSON.stringify(event.data).slice(0, 300)}`,
    ),
  );
  furnish(stage);
  return stage;
};

/** What is there before anything begins: the source, what a scan has seen of it, and strangers at the destination. */
const furnish = ({ source, destination, drawn, shared, chance, timeline }: Stage): void => {
  for (const { path, row, data } of drawn.rows) {
    source.keep(path, row);
    if (data !== undefined) source.bytes.set(String(row['id']), data);
  }
  destination.keep('/projects', { id: 'admin', name: 'admin' });
  destination.keep('/roles', { id: 'member-role', name: 'member' });
  for (const { type, attributes } of drawn.resources) {
    // Of the same name, and somebody else's.
    if (type === 'network' && chance.happens(0.3))
      destination.keep('/networks', { ...attributes, id: `stranger-${String(attributes['id'])}`, project_id: 'admin' });
  }
  const clock = { now: () => new Date(timeline.now), sleep: () => Promise.resolve() };
  let made = 0;
  const ids = { next: () => `scan-${(made += 1)}` };
  for (const { type, id, attributes } of drawn.resources) {
    const handler = types.get(type);
    if (handler === undefined) throw new TypeError(`no type ${type}`);
    const needs = handler
      .needs(attributes, PolicySchema.parse({}))
      .map(({ name, ref, parent }) => ({ name, ref, parent }));
    const links = handler.links(attributes).map(({ name, ref }) => ({ name, ref }));
    const event = {
      type: 'ResourceObserved',
      data: {
        ...{ scanId: 'scan', name: handler.name(attributes), projectId: handler.projectId(attributes), attributes },
        ...{ fingerprint: digest(attributes), unknown: [], links },
        needs: needs.map(({ name, ref }) => ({ name, ref })),
        parents: needs.filter(({ parent }) => parent).map(({ ref }) => ref),
      },
    } as const;
    shared.append('scan', inventorySubject(route.source, { type, id }), 0, [
      encodeEvent(
        {
          type: event.type,
          data: {
            ...event.data,
            needs: [...event.data.needs],
            parents: [...event.data.parents],
            links: [...links],
            unknown: [],
          },
        },
        { producer: 'simulation' },
        clock,
        ids,
      ),
    ]);
  }
};
