import { archiveDirectory, witnessFile } from '@osm/event-archive';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('a log that was hurt', { timeout: 120_000 }, () => {
  let data: string;
  beforeEach(async () => {
    data = mkdtempSync(path.join(tmpdir(), 'osm-recover-'));
    for (const bandwidth of ['10MB/s', '20MB/s', '30MB/s']) await command('limits', '--bandwidth', bandwidth);
    await command('registry', 'rebuild');
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const command = async (...args: readonly string[]) => {
    let out = '';
    let err = '';
    const code = await run(['--data', data, ...args], {
      ...{ env: { HOME: data }, columns: 100, terminal: false, colour: false },
      interrupted: new AbortController().signal,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
    });
    return { code, out, err };
  };
  const log = (): string => path.join(data, 'events.db');
  const positions = async (): Promise<readonly number[]> =>
    (await command('events', '--format', 'json')).out
      .trim()
      .split('\n')
      .map((line) => Number(/"position":(\d+)/.exec(line)?.[1]));

  it('is left alone where nothing is wrong with it', async () => {
    const before = readFileSync(log());
    expect(await command('recover', '--from-archive', '--yes')).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing is to be restored'),
    });
    expect(readFileSync(log())).toEqual(before);
  });

  it('is refused by what writes, and restored when told to, with what was there kept', async () => {
    rmSync(log());
    for (const args of [
      ['registry', 'rebuild'],
      ['limits', '--bandwidth', 'none'],
    ]) {
      expect(await command(...args)).toMatchObject({ code: 1, err: expect.stringContaining('1 to 3 are missing') });
    }
    const shown = await command('recover', '--from-archive');
    expect(shown.out).toContain('Add --yes');
    expect(shown.out).toContain('there is no event in the log');
    expect(await command('recover', '--from-archive', '--yes')).toMatchObject({ code: 0 });
    expect(await positions()).toEqual([1, 2, 3]);
    expect(readdirSync(data).filter((name) => name.startsWith('events.db.set-aside-')).length).toBeGreaterThan(0);
    expect(statSync(log()).mode & 0o777).toBe(0o600);
    expect((await command('registry', 'rebuild')).code).toBe(0);
  });

  it('is gone on with where more of it was seen than anybody has, and says how much', async () => {
    // Said beside the registry, which copies it when it runs the next time.
    await command('limits', '--bandwidth', '40MB/s');
    const witness = JSON.parse(readFileSync(witnessFile(data), 'utf8')) as { readonly position: number };
    writeFileSync(witnessFile(data), JSON.stringify({ ...witness, position: 6 }));
    expect((await command('registry', 'rebuild')).err).toContain('5 to 6 are missing');
    const { out } = await command('recover', '--from-archive', '--yes', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ recovered: true, lost: 2, archived: 3 });
    expect((await command('registry', 'rebuild')).code).toBe(0);
  });

  it('is told by the archive, whose own chain can be followed offline', async () => {
    const archive = archiveDirectory(data);
    expect(await command('events', 'verify', archive)).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 events'),
    });
    const file = path.join(archive, readdirSync(archive)[0] ?? '');
    writeFileSync(file, readFileSync(file, 'utf8').replace('20000000', '20000001'));
    expect(await command('events', 'verify', archive)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`line 2 of ${file} is not as it was written`),
    });
    rmSync(log());
    expect((await command('recover', '--from-archive', '--yes')).code).toBe(1);
  });
});
