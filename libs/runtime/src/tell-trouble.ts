import { failureRecord } from '@osm/kernel';
import { Logger } from '@nestjs/common';

/** Milliseconds in which the same trouble is told once: it is tried again and again. */
const quietMs = 30_000;

/** Tells an operator what goes wrong where nobody waits for it, and what to do. */
export const tellTrouble = (): ((error: unknown) => void) => {
  const logger = new Logger('event log');
  const told = new Map<string, number>();
  return (error) => {
    const { code, message, remedy } = failureRecord(error);
    const key = code === 'unexpected' ? message : code;
    const now = performance.now();
    if (now - (told.get(key) ?? -Infinity) < quietMs) return;
    told.set(key, now);
    logger.error(`${message}: ${remedy}`);
  };
};
