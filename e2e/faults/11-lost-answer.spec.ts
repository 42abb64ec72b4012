import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

/** Collections, and how many of the twins in each are made without the caller hearing of it. */
const lost: readonly (readonly [string, number])[] = [
  ...[['domains', 1] as const, ['projects', 1] as const],
  ...[['networks', 2] as const, ['subnets', 2] as const, ['security-groups', 1] as const],
  ...[['security-group-rules', 1] as const, ['images', 1] as const],
];

describeFault({
  id: 11,
  fault: 'the cloud does what it is asked and its answer is lost, for each type of resource',
  expected: 'the next look finds what was made; no request is sent twice, nothing is there twice',
  run: async () => {
    await using stage = await openStage();
    const { faults, ledger } = fakeOf(stage.clouds.destination);
    for (const [kind, times] of lost) {
      faults.add({ method: 'POST', path: new RegExp(`/${kind}$`), times, action: 'commit-then-reset' });
    }
    const outcome = await stage.migrate();
    mustHold(await wrongOnNats(stage));
    const unmet = faults.list().filter(({ met, times }) => met !== times);
    mustHold(unmet.map(({ path, met }) => `${String(path)} lost ${met} answers`));
    const mappings = await stage.asker.ask('registry.mappings', { route: stage.clouds.route });
    const adopted = mappings.filter(({ how }) => how === 'adopted').length;
    const met = faults.list().reduce((sum, fault) => sum + fault.met, 0);
    if (adopted < met) throw new Error(`${met} answers were lost, and ${adopted} twins found again`);
    const sent = ledger.writes().filter(({ method, path }) => method === 'POST' && path.endsWith('/networks')).length;
    if (sent !== 3) throw new Error(`${sent} requests for 3 networks`);
    return `${met} answers lost, ${adopted} twins found again, ${outcome.succeeded} steps succeeded`;
  },
});
