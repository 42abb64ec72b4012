import { expect, it } from 'vitest';
import { attributeText } from './attribute-text.ts';

it('shows every value, and no two alike that are not', () => {
  const values = ['', 'null', null, 0, false, [], {}, ['a'], 'text'];
  const texts = values.map(attributeText);
  expect(texts).toEqual(['(empty text)', 'null', 'null', '0', 'false', '[]', '{}', '[\n "a"\n]', 'text']);
});
