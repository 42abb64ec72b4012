import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** What the Python tool was seen to do wrong: 42 found in its code, 9 more between two real clouds. */
const defects = [
  ...Array.from({ length: 42 }, (_, at) => String(at + 1)),
  ...Array.from({ length: 9 }, (_, at) => `N${at + 1}`),
];

/** The defects that the names of tests begin with: `it('defect 12: …'`, also several: `defects 12, N5: …`. */
const guarded = (): ReadonlySet<string> => {
  const names = /\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)?\(\s*['"`]defects? ((?:N?\d+|, | and )+):/g;
  const files = globSync(['libs/**/*.ts', 'apps/**/*.ts', 'e2e/**/*.ts'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  return new Set(
    files.flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(names)].flatMap(([, numbers = '']) =>
        numbers.split(/, | and /),
      ),
    ),
  );
};

describe('the defects of the Python tool', () => {
  it('have a test each, named after their number', () => {
    const known = guarded();
    expect(defects.filter((defect) => !known.has(defect))).toEqual([]);
  });
});
