import { make } from '@osm/testing/tenant';
import { draft, run } from '@osm/testing/harness';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

describeFault({
  id: 17,
  seconds: 600,
  fault:
    'after the scan a network is renamed, an image asks for more memory, a rule is added; a twin’s original is changed when the twin is there',
  expected:
    'no twin is made of what was: those are parked as changed; the next plan makes them as they are, and tells of the drift',
  run: async () => {
    await using stage = await openStage();
    const { source, destination } = stage.clouds;
    const idOf = (what: string): string => stage.shop.ids.get(what) ?? '';
    const { admin } = source;
    const change = async (kind: string, id: string, body: object): Promise<void> => {
      await admin.send('network', { method: 'PUT', path: `/${kind}/${id}`, body });
    };
    const early = async (): Promise<void> => {
      await change('networks', idOf('network net-2'), { network: { name: 'net-two' } });
      await changeImage(stage, idOf('image image-1'), 512);
      const rule = { security_group_id: idOf('security-group shop'), direction: 'ingress', protocol: 'udp' };
      await make(admin, 'network', '/security-group-rules', 'security_group_rule', {
        ...{ ...rule, port_range_min: 53, port_range_max: 53, project_id: stage.shop.projectId },
      });
    };
    const late = (): Promise<void> =>
      change('subnets', idOf('subnet sub-3'), { subnet: { dns_nameservers: ['192.0.2.53'] } });
    const { faults } = fakeOf(destination);
    faults.add({ method: 'POST', path: /\/v3\/projects$/, times: 1, action: { before: early } });
    const outcome = await stage.migrate();
    const parked = outcome.failures.map(({ stepId, code, message }) => `${stepId} ${code} ${message}`);
    mustBeParked(parked, `network/${idOf('network net-2')}/create source-changed`, 'since the scan: name');
    mustBeParked(parked, `image/${idOf('image image-1')}/create source-changed`, 'since the scan: min_ram');
    if (outcome.failed !== 2) throw new Error(`${outcome.failed} failed: ${parked.join('; ')}`);

    await late();
    await stage.scan();
    const drafted = await draft(stage, stage.wanted);
    const drift = drafted.findings.filter(({ code }) => code === 'source-changed');
    if (drift.length !== 1 || drift[0]?.ref?.id !== idOf('subnet sub-3')) throw new Error(JSON.stringify(drift));
    const next = await run(stage, drafted);
    // The network, its subnet, the image, the rule.
    if (next.failed > 0 || next.resources !== 4) throw new Error(`the next plan: ${JSON.stringify(next)}`);

    // Between the approval of a removal and the removal: what was changed stays.
    const removal = await draft(stage, {
      ...{ ...stage.wanted, intent: 'remove' as const, include: { needs: false, members: false } },
      roots: [{ type: 'image', id: idOf('image image-1') }],
    });
    await changeImage(stage, idOf('image image-1'), 1024);
    const refused = await run(stage, removal);
    mustBeParked(
      refused.failures.map(({ stepId, code, message }) => `${stepId} ${code} ${message}`),
      `image/${idOf('image image-1')}/remove twin-changed`,
      'min_ram',
    );
    mustHold(await wrongOnNats(stage, { sourceChanged: true, differences: [/dns_nameservers/, /min_ram is 1024/] }));
    return '2 parked as changed, 1 drift told, the next plan made 4; an original that was changed was not removed';
  },
});

const mustBeParked = (parked: readonly string[], ...words: readonly string[]): void => {
  if (parked.some((one) => words.every((word) => one.includes(word)))) return;
  throw new Error(`nothing is parked as ${words.join(', ')}: ${parked.join('; ')}`);
};

const changeImage = async (stage: Stage, id: string, minRam: number): Promise<void> => {
  const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  const body = [{ op: 'replace', path: '/min_ram', value: minRam }];
  await stage.clouds.source.admin.send('image', { method: 'PATCH', path: `/images/${id}`, headers, body });
};
