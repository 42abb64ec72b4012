import { services } from '@osm/resource';
import type { Slots } from './settings.ts';

const names: readonly string[] = [...services, 'data-transfer', 'otherwise'];

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;

/** Whether a value of a configuration says how many steps run at once: a number, or numbers by service. */
export const isSlots = (value: unknown): value is Slots => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return isCount(value);
  return Object.entries(value).every(([name, count]) => names.includes(name) && isCount(count));
};
