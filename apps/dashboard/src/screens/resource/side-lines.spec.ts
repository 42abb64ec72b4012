import { describe, expect, it } from 'vitest';
import { equalCount, sideLines, type Side } from './side-lines.ts';

const side = (attribute: string, verdict: Side['verdict']): Side => ({ attribute, verdict, reason: null });

describe('source and twin side by side', () => {
  const sides = [side('a', 'equal'), side('b', 'mapped'), side('d', 'lost'), side('c', 'lost'), side('e', null)];

  it('begins with what was lost, and has what is equal at the end', () => {
    expect(sideLines(sides, true).map(({ attribute }) => attribute)).toEqual(['c', 'd', 'b', 'e', 'a']);
  });

  it('leaves out what is equal, and only that', () => {
    expect(sideLines(sides, false).map(({ attribute }) => attribute)).toEqual(['c', 'd', 'b', 'e']);
    expect(equalCount(sides)).toBe(1);
  });
});
