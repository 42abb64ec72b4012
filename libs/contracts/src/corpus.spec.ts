import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue, definitionOf } from './catalogue.ts';
import { decodeEvent } from './upcasters.ts';

const folder = path.resolve(import.meta.dirname, '../corpus');
const samples = readdirSync(folder).map((file) => {
  const text = readFileSync(path.join(folder, file), 'utf8');
  return { file, text, recorded: JSON.parse(text) as Parameters<typeof decodeEvent>[0] };
});

describe('the corpus of every event ever written', () => {
  it.each(samples)('$file is read in its newest shape, and nothing of it is lost', ({ recorded }) => {
    const event = decodeEvent(recorded);
    const checked = definitionOf(event.type).data.safeParse(event.data);
    expect(checked.error?.issues ?? []).toEqual([]);
    expect(checked.data).toEqual(event.data);
  });

  it.each(samples)('$file was never edited', ({ file, text }) => {
    const { type, version } = JSON.parse(text) as { readonly type: string; readonly version: number };
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
    expect(file).toBe(`${type}.${version}.${digest}.json`);
  });

  it('has every version of every event', () => {
    const wanted = Object.values(catalogue).flatMap((events) =>
      events.flatMap(({ type, version }) => Array.from({ length: version }, (_, at) => `${type}.${at + 1}`)),
    );
    const had = new Set(samples.map(({ file }) => file.split('.').slice(0, 2).join('.')));
    expect(wanted.filter((name) => !had.has(name))).toEqual([]);
  });
});

describe('what this version does not know', () => {
  it('stops the reader: an event type', () => {
    expect(() => decodeEvent({ type: 'TwinPainted', version: 1, data: {} })).toThrow(/does not know it/);
  });

  it('stops the reader: a newer version', () => {
    expect(() => decodeEvent({ type: 'PlanStarted', version: 2, data: {} })).toThrow(/newest known is 1/);
  });
});
