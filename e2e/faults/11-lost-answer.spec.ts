import { describeFault } from './describe-fault.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

describeFault({
  id: 11,
  fault: 'the cloud does what it is asked and its answer is lost',
  expected: 'the next look finds what was made; nothing is there twice',
  run: async () => {
    await using stage = await openStage();
    const { fake } = stage.clouds.destination;
    if (fake === undefined) throw new TypeError('the destination is no fake cloud');
    const lost = { method: 'POST', times: 2, action: 'commit-then-reset' } as const;
    for (const kind of ['networks', 'subnets', 'security-groups', 'images', 'projects']) {
      fake.faults.add({ ...lost, path: new RegExp(`/${kind}$`) });
    }
    const outcome = await stage.migrate();
    mustHold(await wrongOnNats(stage));
    const met = fake.faults.list().reduce((sum, fault) => sum + fault.met, 0);
    if (met === 0) throw new Error('no answer was lost');
    return `${met} answers lost, ${outcome.succeeded} steps succeeded`;
  },
});
