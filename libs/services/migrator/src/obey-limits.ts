import { decodeEvent, limitsSubject, type LimitsEvent } from '@osm/contracts';
import { limits, limitThatCounts, type LimitsState } from '@osm/domain';
import { loadAggregate, type Subscription } from '@osm/event-log';
import { failureRecord } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { Logger } from '@nestjs/common';

/** Milliseconds before the log is followed again that could not be followed. */
const pause = 1000;

/**
 * Keeps this process within what people allow: from the first byte on, and within a second of each change, whichever
 * process it was said to. Every process hears every change, so this is no durable subscription.
 */
export const obeyLimits = async (ports: Ports): Promise<Subscription> => {
  const { log, clock, settings } = ports;
  const obeyed = { insisted: settings.transfers.insisted, ...(await loadAggregate(log, limits, limitsSubject)) };
  ports.places.limit('backend', settings.transfers.perBackend);
  apply(ports, obeyed);
  const stopping = new AbortController();
  const { signal } = stopping;
  const follow = async (): Promise<void> => {
    for await (const batch of log.tail({ filter: limitsSubject, after: obeyed.revision, signal })) {
      for (const recorded of batch) {
        const state = limits.evolve(obeyed.state, decodeEvent(recorded) as LimitsEvent);
        // What was given with the command counts until somebody says another bandwidth.
        const insisted = obeyed.insisted && state.bandwidth === obeyed.state.bandwidth;
        Object.assign(obeyed, { state, insisted, revision: recorded.position });
        apply(ports, obeyed);
      }
    }
  };
  const following = (async () => {
    while (!signal.aborted) {
      try {
        await follow();
      } catch (error) {
        logger.warn(`changes of the limits are not heard: ${failureRecord(error).message}`);
      }
      await clock.sleep(pause, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return following;
    },
  };
};

const logger = new Logger('limits');

const apply = (
  ports: Ports,
  { insisted, state }: { readonly insisted: boolean; readonly state: LimitsState },
): void => {
  const { bandwidth, perCloud } = ports.settings.transfers;
  ports.limitBandwidth(limitThatCounts(insisted ? 'configured' : state.bandwidth, bandwidth));
  ports.places.limit('cloud', limitThatCounts(state.transfers, perCloud));
};
