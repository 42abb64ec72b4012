import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atThePage } from './at-the-page.ts';
import { openBrowser, type Browser, type Tab } from './open-browser.ts';
import { freePort } from './open-desk.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A block of commands of the page: its label says in which terminal; without one, in that of the person. */
interface Block {
  readonly label: string;
  readonly commands: string;
}

const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```sh ?(\w*)\n(.*?)^```$/gms)].map(([, label = '', commands = '']) => ({ label, commands }));

/** A terminal: what is exported in it stays exported. */
const openTerminal = () => {
  const exported: string[] = [];
  const running: ChildProcess[] = [];
  const start = (commands: string): ChildProcess => {
    const script = ['set -e', ...exported, commands].join('\n');
    const child = spawn('bash', ['-c', script], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    return child;
  };
  const heard = (child: ChildProcess): { text: string } => {
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said.text += String(chunk)));
    return said;
  };
  return {
    /** Runs commands to their end; answers what they said. */
    run: async (commands: string): Promise<string> => {
      const child = start(commands);
      const said = heard(child);
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`ended with ${String(code)}: ${commands}\n${said.text}`);
      exported.push(...commands.split('\n').filter((line) => line.startsWith('export ')));
      return said.text;
    },
    /** Runs commands that do not end by themselves, until they have said something. */
    leaveRunning: async (commands: string, ready: RegExp): Promise<void> => {
      const child = start(commands);
      const said = heard(child);
      const isReady = Promise.withResolvers<void>();
      child.once('close', () => isReady.reject(new Error(`ended: ${commands}\n${said.text}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', () => ready.test(said.text) && isReady.resolve());
      }
      await isReady.promise;
      child.removeAllListeners('close');
    },
    /** Ctrl-C, for all that still runs, the youngest first. */
    close: async (): Promise<void> => {
      for (const child of running.toReversed()) {
        if (child.exitCode !== null || child.pid === undefined) continue;
        const ended = once(child, 'close');
        process.kill(-child.pid, 'SIGINT');
        await ended;
      }
    },
  };
};

describe('the tutorial', () => {
  const blocks = blocksOf(readFileSync(path.join(root, 'docs/tutorial/first-migration.md'), 'utf8'));
  const terminal = openTerminal();
  let browser: Browser;
  let tab: Tab | undefined;
  let port: number;
  let token = '';

  /** The commands as they stand there; only the port is one that is free here. */
  const run = ({ commands }: Block): Promise<string> => terminal.run(commands);
  const next = (() => {
    const left = [...blocks];
    return (label = ''): Block => {
      const block = left.shift();
      if (block?.label === label) return block;
      throw new Error(`the page has ${block?.label ?? 'nothing more'} where ${label} is expected`);
    };
  })();

  beforeAll(async () => {
    [browser, port] = await Promise.all([openBrowser(), freePort()]);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await terminal.close();
  });

  it('begins with what the README says, which CI does before all tests', () => {
    expect(next('clone').commands).toContain('npm ci');
    expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('npm ci && npm test');
  });

  it('starts two clouds, and looks at them', async () => {
    await terminal.leaveRunning(next('clouds').commands, /They run until you press Ctrl-C/);
    expect(await run(next())).toMatch(/0 errors, .* nothing was written/);
    await run(next());
    expect(await run(next())).toContain('has its twin');
  });

  it('drafts a plan without creating anything', async () => {
    expect(await run(next())).toMatch(/run it: openstack-migrate apply [0-9a-f]{64}/);
  });

  it('shows the page, where the plan is approved, started, and seen to its end', async () => {
    token = /osm_[\w-]+/.exec(await run(next()))?.[0] ?? '';
    await terminal.leaveRunning(next('serve').commands.replace('8808', String(port)), /the API is at/);
    tab = await browser.open(`http://127.0.0.1:${port}`);
    await tab.page.getByLabel('Token').fill(token);
    await tab.page.keyboard.press('Enter');
    const person = atThePage(tab);
    await person.goTo('Plans');
    await tab.page.getByRole('row').filter({ hasText: 'drafted' }).click();
    await person.planDrafted();
    await person.approveAndStart();
    await person.planEnded(0);
    expect(await run(next())).toMatch(/\d{2} resources, \d+ attributes: 0 lost, 0 unknown/);
  });

  it('cleans the source, but for what the cloud keeps', async () => {
    if (tab === undefined) throw new Error('there is no page');
    const person = atThePage(tab);
    await person.goTo('Clean-up');
    await person.press('Draft their removal');
    await person.confirm('Draft');
    await person.planDrafted();
    await person.approveAndStart();
    await person.planEnded(1);
    const left = await run(next());
    expect(left.split('\n').filter((line) => line.includes('source-cleanup-failed'))).toHaveLength(1);
    expect(left).toContain('volume-type');
    expect(() => next()).toThrow('nothing more');
  });
});
