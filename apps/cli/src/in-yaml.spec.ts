import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { inYaml } from './in-yaml.ts';
import type { Io } from './io.ts';

const told = async (...texts: readonly string[]): Promise<string> => {
  let all = '';
  const io: Io = {
    ...{ out: (text) => void (all += text), err: () => undefined, terminal: false, colour: false, columns: 80 },
    ...{ env: {}, interrupted: new AbortController().signal },
  };
  const { out } = await inYaml(io);
  texts.forEach(out);
  return all;
};

describe('data in YAML', () => {
  const awkward = {
    ...{ truth: 'no', number: '012', time: '1:30', day: '2026-01-01', nothing: 'null', empty: '', hex: '0x1f' },
    ...{ lines: 'one\ntwo\n', colon: 'a: b', long: `${'x'.repeat(100)} ${'y'.repeat(100)}`, list: [], none: null },
    ...{ yes: true, count: 3, name: 'Schöne Müller #1' },
  };

  it('are the same as in JSON, for readers of either version of YAML', async () => {
    const text = await told(`${JSON.stringify(awkward)}\n`);
    expect(parse(text)).toEqual(awkward);
    expect(parse(text, { version: '1.1' })).toEqual(awkward);
  });

  it('are not folded', async () => {
    expect(await told(`${JSON.stringify({ long: awkward.long })}\n`)).toBe(`long: ${awkward.long}\n`);
  });

  it('are a document a line, where there are several', async () => {
    const text = await told('{"a":1}\n', '{"a":2}\n');
    expect(text).toBe('a: 1\n---\na: 2\n');
    expect(parseAllDocuments(text).map((document) => document.toJSON() as unknown)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('leave words as they are', async () => {
    expect(await told('nothing was deleted\n')).toBe('nothing was deleted\n');
  });
});
