import { isFailure, isJsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { startShop } from './start-shop.ts';

const metadata = 'http://169.254.169.254/v2.0';

describeFault({
  id: 29,
  fault: 'the catalogue, or a redirect of the service itself, leads to a metadata service or to another host',
  expected:
    'refused, and told with what to do; nothing is asked there and no token leaves; afterwards the plan ends whole',
  run: async () => {
    await using scene = await openScene();
    const { destination } = scene.clouds;
    const fake = fakeOf(destination);
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(`${request.method} ${request.url} token ${String(request.headers['x-auth-token'] !== undefined)}`);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"networks":[]}');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    scene.defer(async () => void other.close());
    const address = other.address();
    const elsewhere = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const config = scene.configure('embedded:');

    const refused: string[] = [];
    const restore = leadNetworkTo(fake.state, metadata);
    try {
      const run = await startShop(scene, config);
      if (run.code === 0) throw new Error('the plan went on with an endpoint that is none');
      if (!run.output.includes('link-local') || !run.output.includes('endpoint'))
        throw new Error(`not told:\n${run.output}`);
      refused.push('catalogue');
    } finally {
      restore();
    }
    for (const [what, status] of [
      ['307', 307],
      ['301', 301],
    ] as const) {
      const fault = fake.faults.add({
        service: 'network',
        action: { status, headers: { Location: `${elsewhere}/v2.0/networks` } },
      });
      const cloud = openCloud('new', destination.config);
      const calls = [
        cloud.send('network', { method: 'GET', path: '/networks' }),
        cloud.send('network', { method: 'POST', path: '/networks', body: { network: { name: 'shop-x' } } }),
        cloud.download('network', { method: 'GET', path: '/networks' }),
        cloud.upload('network', { method: 'PUT', path: '/networks/x' }, 0),
      ];
      for (const ended of await Promise.allSettled(calls)) {
        if (ended.status === 'fulfilled') throw new Error(`followed a redirect (${what})`);
        if (!isFailure(ended.reason) || ended.reason.code !== 'redirected') throw ended.reason;
        refused.push(what);
      }
      cloud.close();
      fake.faults.remove(fault);
    }
    if (heard.length > 0) throw new Error(`the other host heard ${heard.join(', ')}`);

    const again = await startShop(scene, config);
    if (again.code !== 0) throw new Error(`it did not recover:\n${again.output}`);
    mustHold(await wrongEmbedded(scene, config));
    return `${refused.length} ways refused (the catalogue's, and redirects of four kinds of request), 0 requests elsewhere`;
  },
});

/** Has the catalogue name another URL for the network service; what it answers puts it right again. */
const leadNetworkTo = (state: ReadonlyMap<string, ReadonlyMap<string, unknown>>, url: string): (() => void) => {
  const rows = [...(state.get('identity.endpoints')?.values() ?? [])].filter(
    (row): row is { url: string } => isJsonObject(row) && String(row['url']).includes('/network'),
  );
  if (rows.length === 0) throw new Error('the catalogue has no network service');
  const before = rows.map((row) => row.url);
  for (const row of rows) row.url = url;
  return () => rows.forEach((row, index) => (row.url = before[index] ?? row.url));
};
