import { isJsonObject } from '@osm/kernel';
import type { FakeCloud } from '@osm/testing/fake-openstack';
import { readFileSync, writeFileSync } from 'node:fs';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { startShop } from './start-shop.ts';

describeFault({
  id: 24,
  fault: 'all tokens are taken back in the middle of requests and transfers; then the password is changed',
  expected: 'whoever asks at once signs in once, transfers end or begin again; with the new password the rest follows',
  run: async () => {
    await using scene = await openScene({ shop: { images: 2 }, policy: { image_transfer: 'direct' } });
    const { source, destination } = scene.clouds;
    const [from, to] = [fakeOf(source), fakeOf(destination)];
    const config = scene.configure('embedded:');
    let revoked = 0;
    const revoke = (cloud: FakeCloud) => () => {
      revoked += tokensOf(cloud).size;
      tokensOf(cloud).clear();
    };
    const before = to.ledger.entries().filter(isSignIn).length;
    // While bytes come in and go out, and between two requests of many.
    to.faults.add({ method: 'PUT', path: /\/file$/, times: 1, action: { during: { byte: 1, act: revoke(to) } } });
    from.faults.add({ method: 'GET', path: /\/file$/, times: 1, action: { before: revoke(from) } });
    to.faults.add({ method: 'POST', path: /\/networks$/, times: 1, action: { after: revoke(to) } });
    // Half-way the password changes, and with it the tokens end.
    to.faults.add({ method: 'POST', path: /\/security-group-rules$/, times: 1, action: { after: () => rotate(to) } });
    const first = await startShop(scene, config);
    const signIns = to.ledger.entries().filter(isSignIn).length - before;
    if (first.code === 0) throw new Error('nobody noticed the new password');

    const text = readFileSync(scene.clouds.cloudsYaml, 'utf8');
    const [oldNew = ''] = text.split(/(?=^\s*new:)/m).slice(-1);
    writeFileSync(scene.clouds.cloudsYaml, text.replace(oldNew, oldNew.replaceAll('admin-Secret-1', newPassword)), {
      mode: 0o600,
    });
    const second = await startShop(scene, config);
    if (second.code !== 0) throw new Error(`it did not recover:\n${second.output}`);
    setPassword(to, 'admin-Secret-1');
    mustHold(await wrongEmbedded(scene, config));
    const unmet = [...to.faults.list(), ...from.faults.list()].filter(({ met }) => met === 0);
    if (unmet.length > 0) throw new Error(`not met: ${unmet.map(({ path }) => String(path)).join()}`);
    return `${revoked} tokens taken back in 3 places, ${signIns} sign-ins until the password changed, whole with the new one`;
  },
});

const newPassword = 'rotated-Secret-2';

const tokensOf = (cloud: FakeCloud): Map<string, unknown> => {
  const tokens = cloud.state.get('identity.tokens');
  if (tokens === undefined) throw new Error('nobody has signed in');
  return tokens;
};

const setPassword = (cloud: FakeCloud, password: string): void => {
  const users = [...(cloud.state.get('identity.users') ?? [])];
  const admin = users.find(([, row]) => isJsonObject(row) && row['name'] === 'admin');
  if (admin === undefined) throw new Error('there is no user admin');
  cloud.state.get('identity.passwords')?.set(admin[0], password);
};

const rotate = (cloud: FakeCloud): void => {
  setPassword(cloud, newPassword);
  tokensOf(cloud).clear();
};

const isSignIn = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'POST' && path.endsWith('/auth/tokens');
