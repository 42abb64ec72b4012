import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, shopServices } from './stage.ts';

const hour = 3_600_000;

/** The environment of a process whose clock is wrong, and then jumps: `after` milliseconds, by so many. */
const wrongClock = (skew: number, after = Infinity, by = 0): { readonly [name: string]: string } => ({
  NODE_OPTIONS: `--import ${pathToFileURL(path.join(import.meta.dirname, 'skewed-clock.mjs')).href}`,
  OSM_FAULT_CLOCK: Number.isFinite(after) ? `${skew}:${after},${by}` : String(skew),
});

describeFault({
  id: 21,
  seconds: 600,
  fault:
    'the clocks of the processes are an hour ahead, an hour behind, or jump two hours back or ahead; one is killed at its work',
  expected:
    'order is that of the log, leases are fenced and not timed: each twin once, nothing fails, tokens are not asked for again and again',
  run: async () => {
    await using stage = await openStage({ without: [...shopServices] });
    const { faults, ledger } = fakeOf(stage.clouds.destination);
    const ahead = wrongClock(hour);
    const behind = wrongClock(-hour);
    await Promise.all([
      stage.start('discovery', ahead),
      stage.start('registry', behind),
      stage.start('planner', ahead),
      stage.start('migrator-identity', behind),
      stage.start('migrator-image', wrongClock(0, 8000, -2 * hour)),
      stage.start('data-transfer', ahead),
    ]);
    await stage.start('planner', wrongClock(-hour, 10_000, 2 * hour));
    const first = await stage.start('migrator-network', ahead);
    // The one is killed when it has made something, and the other, two hours behind it, takes over.
    const die = async (): Promise<void> => {
      await first.kill();
      await stage.start('migrator-network', behind);
    };
    faults.add({ method: 'POST', path: /\/networks$/, times: 1, action: { after: die } });
    const outcome = await stage.migrate();
    mustHold(await wrongOnNats(stage));

    let backwards = 0;
    let last = 0;
    for await (const { at: written } of stage.log.read()) {
      const at = Date.parse(written);
      if (at < last - hour) backwards += 1;
      last = at;
    }
    if (backwards === 0) throw new Error('no clock was seen to be wrong');
    if (outcome.failed > 0) throw new Error(JSON.stringify(outcome.failures));
    const tokens = ledger.entries().filter(({ method, path }) => method === 'POST' && path.endsWith('/auth/tokens'));
    if (tokens.length > 12) throw new Error(`${tokens.length} tokens were asked for`);
    return `${outcome.succeeded} steps succeeded; ${backwards} times an event was more than an hour older than the one before it; ${tokens.length} tokens`;
  },
});
