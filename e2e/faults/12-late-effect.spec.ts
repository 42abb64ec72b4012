import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

/** Milliseconds by which the effect comes later than the answer that it was in vain. */
const lateMs = 20_000;

describeFault({
  id: 12,
  seconds: 600,
  fault: `a gateway answers 500, 502 or 504 to requests that take effect all the same: at once, or ${lateMs / 1000} s later`,
  expected: 'whoever asks again waits until a late effect has come, finds it, and makes nothing twice',
  run: async () => {
    await using stage = await openStage({ settings: { settle_seconds: 1.1 * (lateMs / 1000) } });
    const { faults, ledger } = fakeOf(stage.clouds.destination);
    const post = (kind: string) => ({ method: 'POST', path: new RegExp(`/${kind}$`), times: 1 });
    // One after the other: each of the three networks meets another one.
    faults.add({ ...post('networks'), action: { instead: 500 } });
    faults.add({ ...post('security-groups'), action: { instead: 504, effectAfterMs: lateMs } });
    faults.add({ ...post('images'), action: { instead: 502, effectAfterMs: lateMs } });
    const late = { instead: 504, effectAfterMs: lateMs } as const;
    const second = { before: () => void faults.add({ ...post('networks'), action: late }) };
    faults.add({ ...post('networks'), action: second });
    const outcome = await stage.migrate();
    mustHold(await wrongOnNats(stage));
    const unmet = faults.list().filter(({ met }) => met === 0);
    mustHold(unmet.map(({ path }) => `no wrong answer at ${String(path)}`));
    const sent = (kind: string) =>
      ledger.writes().filter(({ method, path }) => method === 'POST' && path.endsWith(`/${kind}`)).length;
    const counts = { networks: 3, 'security-groups': 1, images: 1 };
    mustHold(
      Object.entries(counts).flatMap(([kind, wanted]) =>
        sent(kind) === wanted ? [] : [`${sent(kind)} requests for ${wanted} ${kind}`],
      ),
    );
    const mappings = await stage.asker.ask('registry.mappings', { route: stage.clouds.route });
    const adopted = mappings.filter(({ how }) => how === 'adopted').length;
    if (adopted !== 4) throw new Error(`4 wrong answers, and ${adopted} twins found`);
    return `4 wrong answers, 3 of them ${lateMs / 1000} s before the effect: all 4 twins found, ${outcome.succeeded} steps succeeded`;
  },
});
