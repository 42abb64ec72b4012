import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

describeFault({
  id: 16,
  fault:
    'after the plan was approved its owner deletes a network with its subnet, an image, and one that is being read',
  expected: 'each is parked as gone, what stands on it is told of it, nothing is made of it, the others go on',
  run: async () => {
    await using stage = await openStage({ shop: { networks: 3, images: 3 } });
    const { source, destination } = stage.clouds;
    const idOf = (what: string): string => stage.shop.ids.get(what) ?? '';
    const remove = async (service: 'network' | 'image', path: string): Promise<void> => {
      await source.admin.send(service, { method: 'DELETE', path });
    };
    const early = async (): Promise<void> => {
      await remove('network', `/subnets/${idOf('subnet sub-2')}`);
      await remove('network', `/networks/${idOf('network net-2')}`);
      await remove('image', `/images/${idOf('image image-2')}`);
    };
    const late = (): Promise<void> => remove('image', `/images/${idOf('image image-3')}`);
    fakeOf(destination).faults.add({ method: 'POST', path: /\/v3\/projects$/, times: 1, action: { before: early } });
    const download = new RegExp(`/images/${idOf('image image-3')}/file$`);
    fakeOf(source).faults.add({ method: 'GET', path: download, times: 1, action: { before: late } });

    const outcome = await stage.migrate();
    const atLeast = await stage.log.head();
    const { steps } = await stage.asker.ask('registry.plan', { planId: outcome.planId, atLeast });
    const parked = steps
      .filter(({ status }) => status === 'failed')
      .map(({ name, failure }) => `${name} ${failure?.code}`);
    const told = steps
      .filter(({ status }) => status === 'skipped')
      .map(({ name, step, because }) => `${name} ${step} because of ${nameOf(steps, because)}`);
    mustBeSame('parked', parked, ['image-2 source-gone', 'image-3 not-found', 'net-2 source-gone']);
    mustBeSame('told', told, [
      'image-2 seal because of image-2',
      'image-2 transfer because of image-2',
      'image-3 seal because of image-3',
      'sub-2 create because of net-2',
    ]);
    // The image was gone while its data were on the way: its twin has none, and its failure says so.
    const empty = [/image web\/image-3: there are 0 at the source and 1 at the destination/];
    mustHold(await wrongOnNats(stage, { sourceChanged: true, differences: empty }));
    mustHold(
      outcome.failures
        .filter(({ code, message }) => code === 'not-found' && !message.includes('is left without data'))
        .map(({ message }) => message),
    );

    const next = await stage.migrate();
    if (next.steps !== 0 || next.failed > 0) throw new Error(`the next plan still has ${next.steps} steps`);
    return `${parked.length} parked as gone, ${told.length} steps told of it, ${outcome.succeeded} went on; the next plan has nothing to do`;
  },
});

type Steps = readonly { readonly step_id: string; readonly name: string | null }[];

const nameOf = (steps: Steps, id: string | null): string | null | undefined =>
  steps.find(({ step_id }) => step_id === id)?.name;

const mustBeSame = (what: string, found: readonly string[], wanted: readonly string[]): void => {
  if (found.toSorted().join() !== wanted.join()) throw new Error(`${what}: ${found.toSorted().join(', ')}`);
};
