import { expect, it } from 'vitest';
import { clockAhead } from './clock-ahead.ts';

const noon = Date.parse('2026-01-01T12:00:00Z');
const told = (ms: number): string => new Date(noon + ms).toUTCString();

it.each([
  ['the same second', 0, 300, 900, 0],
  ['a second that may still be the same time', 0, 1000, 1100, 0],
  ['a cloud ahead', 60_000, 0, 200, 59],
  ['a cloud behind', -60_000, 0, 200, -59],
])('tells %s', (_what, ofCloud, began, ended, ahead) => {
  expect(clockAhead(told(ofCloud), noon + began, noon + ended)).toBe(ahead);
});

it('tells nothing where the cloud tells no time', () => {
  expect(clockAhead(undefined, noon, noon)).toBeUndefined();
  expect(clockAhead('soon', noon, noon)).toBeUndefined();
});
