import { encodeToken } from '@osm/kernel';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { latestOfEach } from './latest-of-each.ts';
import { natsOptions } from './nats-options.ts';
import type { Settings } from './settings.ts';
import { localTelemetry, type Listener, type Telemetry } from './telemetry.ts';

const StepShape = z.object({ planId: z.string(), stepId: z.string() });

/** A report as it goes over the wire: what it is about travels in it, and the plan in the subject too. */
const ReportShape = z.discriminatedUnion('report', [
  StepShape.extend({ report: z.literal('moved'), bytes: z.number(), total: z.number().optional() }),
  StepShape.extend({
    report: z.literal('waiting'),
    what: z.string(),
    since: z.coerce.date(),
    until: z.coerce.date().optional(),
  }),
  StepShape.extend({ report: z.literal('ended'), again: z.coerce.date().optional() }),
]);
type Report = z.infer<typeof ReportShape>;

/** Telemetry that holds on to a connection. */
export interface OpenTelemetry extends Telemetry {
  close(): Promise<void>;
}

/**
 * Telemetry between processes, over plain NATS subjects (`osm.tel.<plan id>`): never stored, and never more than two
 * messages a second for a step. Listeners in this process hear at once and all. Connects when there is something to say or
 * to hear; while the server is out of reach, reports are lost, which is what they are for.
 */
export const natsTelemetry = (settings: Pick<Settings, 'eventLog' | 'natsCredentials'>): OpenTelemetry => {
  const local = localTelemetry();
  const link = natsLink(settings);
  const outgoing = latestOfEach<Report>((report) =>
    link.publish(`osm.tel.${encodeToken(report.planId)}`, JSON.stringify(report)),
  );
  let hearing: Promise<Subscription | undefined> | undefined;
  const others = new Set<Listener>();

  return {
    moved: (report) => {
      local.moved(report);
      const { planId, stepId, bytes, total } = report;
      outgoing.say({ report: 'moved', planId, stepId, bytes, ...(total === undefined ? {} : { total }) });
    },
    waiting: (report) => {
      local.waiting(report);
      const { planId, stepId, what, since, until } = report;
      outgoing.say({ report: 'waiting', planId, stepId, what, since, ...(until === undefined ? {} : { until }) });
    },
    ended: (report) => {
      local.ended(report);
      const { planId, stepId, again } = report;
      outgoing.sayLast({ report: 'ended', planId, stepId, ...(again === undefined ? {} : { again }) });
    },
    listen: (listener) => {
      const deaf = local.listen(listener);
      others.add(listener);
      // Others' words are not kept here: whoever has the step in hand says them again.
      hearing ??= link.hear('osm.tel.*', (data) => others.forEach((each) => tell(each, data)));
      return () => {
        deaf();
        others.delete(listener);
        if (others.size > 0) return;
        void hearing?.then((subscription) => subscription?.unsubscribe());
        hearing = undefined;
      };
    },
    close: async () => {
      outgoing.close();
      await link.close();
    },
  };
};

/** What another version says that this one does not understand is left out: nothing depends on it. */
const tell = (listener: Listener, data: unknown): void => {
  const { data: report } = ReportShape.safeParse(data);
  if (report === undefined) return;
  switch (report.report) {
    case 'moved':
      return listener.moved({ ...report, total: report.total });
    case 'waiting':
      return listener.waiting({ ...report, until: report.until });
    case 'ended':
      return listener.ended({ ...report, again: report.again });
  }
};

/** A connection that is made when it is first wanted, and whose absence is said once and hurts nobody. */
const natsLink = (settings: Pick<Settings, 'eventLog' | 'natsCredentials'>) => {
  const logger = new Logger('telemetry');
  let connecting: Promise<NatsConnection | undefined> | undefined;
  let connection: NatsConnection | undefined;
  let closed = false;
  let told = false;

  const open = async (): Promise<NatsConnection | undefined> => {
    try {
      const { queue: _, gracefulShutdown: __, gracePeriod: ___, ...options } = await natsOptions(settings);
      // Its own words come back by the short way already.
      const made = await connect({ ...options, noEcho: true });
      if (closed) await made.close();
      else connection = made;
      return connection;
    } catch (error) {
      if (!told)
        logger.warn(`progress is not shown elsewhere: ${error instanceof Error ? error.message : String(error)}`);
      told = true;
      // The next word tries again.
      connecting = undefined;
      return undefined;
    }
  };
  const wanted = (): Promise<NatsConnection | undefined> => (connecting ??= open());

  return {
    publish: (subject: string, text: string): void => {
      if (closed) return;
      if (connection === undefined) void wanted().then((made) => made?.publish(subject, text));
      else if (!connection.isClosed()) connection.publish(subject, text);
    },
    hear: async (subject: string, take: (data: unknown) => void): Promise<Subscription | undefined> =>
      (await wanted())?.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) take(parsed(message.string()));
          else logger.warn(`progress of other processes is not heard: ${error.message}`);
        },
      }),
    close: async (): Promise<void> => {
      closed = true;
      await connecting;
      if (connection === undefined || connection.isClosed()) return;
      await connection.close();
    },
  };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever may write to the subject may write anything: it is no report.
    return undefined;
  }
};
