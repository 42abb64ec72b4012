import { isFailure } from '@osm/kernel';

const codes: readonly string[] = ['disk-full', 'event-log-full', 'event-log-unreachable'];

/**
 * Whether this is about the log itself and passes: it has no room, or does not answer. It says nothing of the work that was
 * to be recorded, which is therefore never given up for it.
 */
export const isLogTrouble = (error: unknown): boolean => isFailure(error) && codes.includes(error.code);
