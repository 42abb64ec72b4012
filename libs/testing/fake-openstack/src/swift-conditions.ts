/** Conditional requests and ranges. */
import type { Headers } from './swift-rows.ts';

/** The status that If-Match and its kin make of a GET or HEAD: 304, 412 or undefined for going on. */
export function conditionOf(headers: Headers, etag: string, changedAt: number): 304 | 412 | undefined {
  const bare = etag.replaceAll('"', '');
  const none = headers['if-none-match'];
  if (none !== undefined && fits(none, bare)) return 304;
  const match = headers['if-match'];
  if (match !== undefined && !fits(match, bare)) return 412;
  const seconds = Math.ceil(changedAt / 100_000);
  const since = secondsOf(headers['if-modified-since']);
  if (since !== undefined && seconds <= since) return 304;
  const unmodified = secondsOf(headers['if-unmodified-since']);
  if (unmodified !== undefined && seconds > unmodified) return 412;
  return undefined;
}

function fits(header: string, etag: string): boolean {
  return header.split(',').some((one) => ['*', etag].includes(one.trim().replaceAll('"', '')));
}

function secondsOf(date: string | undefined): number | undefined {
  const milliseconds = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Half-open ranges that a Range header asks for; undefined without one that can be read, empty when none is inside. */
export function rangesOf(header: string | undefined, size: number): readonly (readonly [number, number])[] | undefined {
  const [, list] = /^bytes=(.+)$/.exec(header ?? '') ?? [];
  if (list === undefined) return undefined;
  const pairs = list.split(',').map((one) => /^(\d*)-(\d*)$/.exec(one.trim()));
  const ranges: (readonly [number, number])[] = [];
  for (const pair of pairs) {
    const [, from = '', to = ''] = pair ?? [];
    if (from === '' && to === '') return undefined;
    if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
    if (from === '') {
      if (Number(to) > 0 && size > 0) ranges.push([Math.max(size - Number(to), 0), size]);
    } else if (Number(from) < size) {
      ranges.push([Number(from), to === '' ? size : Math.min(Number(to) + 1, size)]);
    }
  }
  return ranges;
}
