import { describe, expect, it } from 'vitest';
import { rowAfterKey } from './row-after-key.ts';

const at = (index: number) => ({ index, page: 10, count: 25 });

describe('the keys that move in a table', () => {
  it('move by a row, by a page, and to both ends', () => {
    expect(rowAfterKey('ArrowDown', at(3))).toBe(4);
    expect(rowAfterKey('ArrowUp', at(3))).toBe(2);
    expect(rowAfterKey('PageDown', at(3))).toBe(13);
    expect(rowAfterKey('PageUp', at(13))).toBe(3);
    expect(rowAfterKey('Home', at(13))).toBe(0);
    expect(rowAfterKey('End', at(3))).toBe(24);
  });

  it('stop at both ends', () => {
    expect(rowAfterKey('ArrowDown', at(24))).toBe(24);
    expect(rowAfterKey('ArrowUp', at(0))).toBe(0);
    expect(rowAfterKey('PageDown', at(20))).toBe(24);
    expect(rowAfterKey('PageUp', at(4))).toBe(0);
  });

  it('leave all other keys alone', () => {
    expect(rowAfterKey('Tab', at(3))).toBeUndefined();
    expect(rowAfterKey('a', at(3))).toBeUndefined();
  });
});
