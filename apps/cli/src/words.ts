import type { Ref } from '@osm/kernel';

/** `network net-a (5f3e…)`: a resource in words. */
export const inWords = ({ type, id }: Ref, name: string | null | undefined): string =>
  name == null || name === '' || name === id ? `${type} ${id}` : `${type} ${name} (${id})`;

/** `1 network`, `2 networks`. */
export const counted = (count: number, what: string): string => {
  if (count === 1) return `1 ${what}`;
  return `${count} ${what.endsWith('y') ? `${what.slice(0, -1)}ies` : `${what}s`}`;
};

/** `3.4 s`, `2 min 5 s`, `1 h 2 min`. */
export const duration = (milliseconds: number): string => {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `14:03:05`, where the reader is. */
export const clockTime = (date: Date): string =>
  [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `512 B`, `12.0 MiB`. */
export const bytes = (count: number): string => {
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(count) / Math.log(1024)));
  return `${power === 0 ? count : (count / 1024 ** power).toFixed(1)} ${units[power] ?? ''}`;
};
