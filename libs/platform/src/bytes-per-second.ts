import { Failure, isFailure } from '@osm/kernel';

const powers = ['', 'k', 'm', 'g', 't'];
const pattern = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)(b|bit)?(?:\/s|ps)?$/i;

/**
 * Bytes per second, as people write them: `100MB/s`, `12.5 MiB/s`, `800Mbit/s`, `1000000`; `none` and `0` are no limit
 * (undefined). Bits are only meant where they are spelled out. Raises `bad-bandwidth`.
 */
export const bytesPerSecond = (text: string): number | undefined => {
  if (text.trim().toLowerCase() === 'none') return undefined;
  const [all, digits, prefix = '', binary, unit = 'b'] = pattern.exec(text.trim()) ?? [];
  if (all === undefined || (binary === 'i' && prefix === '')) throw unreadable(text);
  const power = powers.indexOf(prefix.toLowerCase());
  const bytes = (Number(digits) * (binary === '' ? 1000 : 1024) ** power) / (unit.toLowerCase() === 'bit' ? 8 : 1);
  return bytes === 0 ? undefined : bytes;
};

/** `100 MB/s`: a bandwidth as people read it, in powers of 1000, as links are sold. */
export const bandwidthInWords = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(powers.length - 1, Math.floor(Math.log10(bytes) / 3));
  const digits = (bytes / 1000 ** power).toFixed(1).replace(/\.0$/, '');
  return `${digits} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? ''}/s`;
};

/** Whether a value of a configuration is a bandwidth: a text with a unit, or bytes per second. */
export const isBandwidth = (value: unknown): value is string | number => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0;
  if (typeof value !== 'string') return false;
  try {
    bytesPerSecond(value);
    return true;
  } catch (error) {
    if (isFailure(error)) return false;
    throw error;
  }
};

const unreadable = (text: string): Failure =>
  new Failure('bad-bandwidth', `cannot take ${text} for a bandwidth`, {
    remedy: 'Write bytes per second with a unit, for example 50MB/s, 12.5MiB/s or 800Mbit/s; or none.',
  });
