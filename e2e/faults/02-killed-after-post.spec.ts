import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { killAtRequests, type Kill } from './kill-at-request.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

const victims: readonly (readonly [string, Kill['app'], RegExp])[] = [
  ['domain', 'migrator-identity', /\/v3\/domains$/],
  ['project', 'migrator-identity', /\/v3\/projects$/],
  ['network', 'migrator-network', /\/networks$/],
  ['subnet', 'migrator-network', /\/subnets$/],
  ['security-group', 'migrator-network', /\/security-groups$/],
  ['security-group-rule', 'migrator-network', /\/security-group-rules$/],
  ['image', 'migrator-image', /\/v2\/images$/],
];

describeFault({
  id: 2,
  fault: 'a worker is killed after the cloud did what it asked for, and before the outcome is recorded',
  expected: 'the twin is found by its marker and adopted, for each type of resource; no request is sent twice',
  run: async () => {
    await using stage = await openStage();
    const { ledger } = fakeOf(stage.clouds.destination);
    const kills = killAtRequests(
      stage,
      victims.map(([, app, path]) => ({ app, method: 'POST', path, moment: 'after' })),
    );
    const outcome = await stage.migrate();
    await kills.restarted();
    mustHold(await wrongOnNats(stage));
    const mappings = await stage.asker.ask('registry.mappings', { route: stage.clouds.route });
    const wrong = victims.flatMap(([type, , path]) => {
      const rows = mappings.filter((row) => row.resource_type === type);
      const adopted = rows.filter(({ how }) => how === 'adopted').length;
      const made = rows.filter(({ how }) => how === 'created' || how === 'adopted').length;
      const posts = ledger.writes().filter((entry) => entry.method === 'POST' && path.test(entry.path)).length;
      return adopted >= 1 && posts === made ? [] : [`${type}: ${adopted} adopted, ${posts} requests for ${made} twins`];
    });
    mustHold(wrong);
    if (kills.done.length !== victims.length) throw new Error(`died only at ${kills.done.join(', ')}`);
    return `${kills.done.length} kills, one at each type, ${outcome.succeeded} steps succeeded, every request sent once`;
  },
});
