import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { killAtRequests, type Kill } from './kill-at-request.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

const victims: readonly (readonly [string, Kill['app'], RegExp])[] = [
  ['project', 'migrator-identity', /\/v3\/projects$/],
  ['network', 'migrator-network', /\/networks$/],
  ['image', 'migrator-image', /\/v2\/images$/],
];

describeFault({
  id: 1,
  fault: 'a worker is killed before its create request reaches the cloud',
  expected: 'the request is sent once more, after a look; one twin',
  run: async () => {
    // One network, so that the one request that was lost is the one that is sent again.
    await using stage = await openStage({ shop: { networks: 1 } });
    const { ledger } = fakeOf(stage.clouds.destination);
    const kills = killAtRequests(
      stage,
      victims.map(([, app, path]) => ({ app, method: 'POST', path, moment: 'before' })),
    );
    const outcome = await stage.migrate();
    await kills.restarted();
    mustHold(await wrongOnNats(stage));
    const sent = victims.map(([type, , path]) => {
      const posts = ledger.writes().filter((entry) => entry.method === 'POST' && path.test(entry.path));
      return { type, statuses: posts.map(({ status }) => status) };
    });
    // 0: its connection was gone.
    const wrong = sent.filter(({ statuses }) => String(statuses) !== '0,201');
    mustHold(wrong.map(({ type, statuses }) => `requests for the ${type} were answered ${statuses.join(', ')}`));
    return `${kills.done.length} kills, then 1 request each and 1 twin; ${outcome.succeeded} steps succeeded`;
  },
});
