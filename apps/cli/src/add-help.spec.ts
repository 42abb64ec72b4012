import { describe, expect, it } from 'vitest';
import { exitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';
import { topics } from './topics.ts';

const told = async (...argv: readonly string[]) => {
  const said = { out: '', err: '' };
  const io: Io = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    ...{ terminal: false, colour: false, columns: 100, env: {}, interrupted: new AbortController().signal },
  };
  return { code: await run(argv, io), ...said };
};

describe('help', () => {
  it.each(Object.keys(topics))('tells of %s, in lines that fit a terminal', async (word) => {
    const { code, out } = await told('help', word);
    expect(code).toBe(exitCode.done);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(out.endsWith(topics[word]?.text.slice(1) ?? 'nothing')).toBe(true);
  });

  it('lists its topics beside the commands', async () => {
    const { out } = await told('help');
    for (const [word, { about }] of Object.entries(topics)) expect(out).toMatch(new RegExp(`${word} +${about}`));
    expect(out).toContain('start-batch');
  });

  it('tells of a command what its --help does', async () => {
    expect((await told('help', 'token', 'create')).out).toContain('--expires <time>');
  });

  it('tells of both where a word is a command and a topic', async () => {
    const { out } = await told('help', 'plans');
    expect(out).toContain('Usage: openstack-migrate plans');
    expect(out).toContain('Nothing is made, moved or removed but by a plan.');
  });

  it.each([[[]], [['token']]])('is told beside the standard output where no command is given: %o', async (argv) => {
    const { code, out, err } = await told(...argv);
    expect({ code, out }).toEqual({ code: exitCode.wrongUse, out: '' });
    expect(err).toMatch(/^Usage: openstack-migrate/);
  });

  it('says what there is where it knows nothing of it', async () => {
    const { code, err } = await told('help', 'weather');
    expect(code).toBe(exitCode.wrongUse);
    expect(err).toContain('weather is neither a command nor a topic');
    expect(err).toContain('exit-codes');
  });

  it('has every exit code', async () => {
    const { out } = await told('help', 'exit-codes');
    for (const code of Object.values(exitCode)) expect(out).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  });
});
