import { listed } from '@osm/testing/tenant';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { retry } from './retry.ts';
import { openStage } from './stage.ts';

const networks = 5;
/** Of these, so many fit; and of security groups the project's own one, which Neutron makes. */
const room = 2;

describeFault({
  id: 14,
  fault: `the project gets a quota of ${room} networks and 1 security group at the destination, and more is coming`,
  expected:
    'what does not fit is parked, with the quota named; the others go on; a retry after the raise brings the rest',
  run: async () => {
    await using stage = await openStage({ shop: { networks } });
    const { admin } = stage.clouds.destination;
    const { faults, ledger } = fakeOf(stage.clouds.destination);
    let projectId = '';
    const setQuota = async (network: number, security_group: number): Promise<void> => {
      const body = { quota: { network, security_group } };
      await admin.send('network', { method: 'PUT', path: `/quotas/${projectId}`, body });
    };
    const give = async (): Promise<void> => {
      const [project] = await listed(admin, 'identity', { path: '/projects', key: 'projects', query: { name: 'web' } });
      projectId = String(project?.['id']);
      await setQuota(room, 1);
    };
    faults.add({ method: 'POST', path: /\/v3\/projects$/, times: 1, action: { after: give } });

    const outcome = await stage.migrate();
    const parked = outcome.failures.map(({ code, stepId, message }) => ({ code, type: stepId.split('/')[0], message }));
    const refused = { network: networks - room, 'security-group': 1 };
    mustHold([
      ...Object.entries(refused).flatMap(([type, wanted]) => {
        const found = parked.filter((one) => one.type === type && one.code === 'quota-exceeded');
        return found.length === wanted ? [] : [`${found.length} of ${wanted} of type ${type} are parked for the quota`];
      }),
      ...parked
        .filter(({ message }) => !message.includes('Quota exceeded for resources'))
        .map(({ message }) => message),
      // Their subnets, and the rules of the group.
      ...(outcome.failed === 4 && outcome.skipped === 6
        ? []
        : [`${outcome.failed} failed, ${outcome.skipped} skipped`]),
    ]);
    // A full quota is no storm: each was asked for once.
    const asked = ledger.writes().filter(({ method, path }) => method === 'POST' && path.endsWith('/networks')).length;
    if (asked !== networks) throw new Error(`${asked} requests for ${networks} networks`);

    await setQuota(-1, -1);
    const healed = await retry(stage, outcome.planId);
    mustHold(await wrongOnNats(stage));
    if (healed.failed + healed.skipped > 0) throw new Error(`after the raise: ${JSON.stringify(healed)}`);
    return `${outcome.failed} parked, ${outcome.skipped} told of it, ${outcome.succeeded} went on; after the raise all ${healed.succeeded}`;
  },
});
