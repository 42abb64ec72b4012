import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('limits', { timeout: 60_000 }, () => {
  let here: string;

  beforeEach(() => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-limits-'));
  });
  afterEach(() => rmSync(here, { recursive: true }));

  const configured = (more = ''): string => {
    const file = path.join(here, 'config.yaml');
    writeFileSync(file, `database_file: ${path.join(here, 'sqlite.db')}\nactor: ann\n${more}\n`);
    return file;
  };

  const command = async (argv: readonly string[], config = configured()) => {
    const said = { out: '', err: '' };
    const code = await run(['--config', config, ...argv], {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      terminal: false,
      colour: false,
      columns: 120,
      env: { HOME: here },
      interrupted: new AbortController().signal,
    });
    return { code, ...said };
  };
  const told = async (argv: readonly string[] = [], config?: string): Promise<unknown> => {
    const { code, out, err } = await command(['limits', ...argv, '-f', 'json'], config);
    expect(code, err).toBe(0);
    return JSON.parse(out);
  };

  it('are those of the configuration where nobody has said anything, and looking leaves nothing behind', async () => {
    const config = configured('bandwidth_limit: 100MB/s\ntransfers_per_cloud: 4');
    expect(await told([], config)).toMatchObject({
      bandwidth: { limit: 'configured', configured: 100_000_000, by: null },
      transfers: { limit: 'configured', configured: 4, by: null },
    });
    const { out } = await command(['limits'], config);
    expect(out).toContain('100 MB/s');
    expect(out).toContain('the configuration');
    expect((await command(['events'], config)).code).toBe(1);
  });

  it('are said one by one, with who and why, and unsaid', async () => {
    await told(['--bandwidth', '50MB/s', '--reason', 'office hours']);
    await told(['--transfers', '2']);
    expect(await told()).toMatchObject({
      bandwidth: { limit: 50_000_000, by: 'ann', reason: 'office hours', at: expect.any(String) },
      transfers: { limit: 2, reason: null },
    });
    const { out } = await command(['limits', '--bandwidth', 'configured']);
    expect(out).toMatch(/Bandwidth +\| none +\| the configuration/);
    expect(await told(['--bandwidth', 'none'])).toMatchObject({
      bandwidth: { limit: 'none' },
      transfers: { limit: 2 },
    });
    expect((await command(['events'])).out).toMatch(/limits LimitsChanged .*bandwidth=50000000 .*reason=office hours/);
  });

  it('are not written again where nothing changes', async () => {
    await told(['--transfers', '2']);
    await told(['--transfers', '2', '--reason', 'again']);
    expect((await command(['events'])).out.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    [['--bandwidth', 'fast'], /fast/, /50MB\/s/],
    [['--transfers', '0'], /0 is no number/, /whole number/],
    [['--reason', 'because'], /nothing is changed/, /--bandwidth/],
  ])('%s is answered with one line and a remedy', async (argv, message, remedy) => {
    const { code, out, err } = await command(['limits', ...argv]);
    expect({ code, out }, err).toEqual({ code: 2, out: '' });
    const [first, second] = err.trimEnd().split('\n');
    expect(first).toMatch(message);
    expect(second).toMatch(remedy);
  });
});
