import { equalJson } from '@osm/kernel';
import { describeFault } from './describe-fault.ts';
import { givenStrangers } from './given-strangers.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { ended, startShop, succeed } from './start-shop.ts';

describeFault({
  id: 13,
  seconds: 600,
  fault: 'somebody else at the destination has the id of an image, the name of a flavor, the range of a subnet',
  expected:
    'each is parked with a decision asked, the stranger is not touched, all others go on; register-external or room heals it',
  run: async () => {
    await using scene = await openScene({ policy: { preserve_ids: true } });
    const config = scene.configure('embedded:');
    const imageId = scene.shop.ids.get('image image-1') ?? '';
    const strangers = await givenStrangers(scene, imageId);
    const flavor = ['--resource-type', 'flavor'];

    const whole = await startShop(scene, config);
    const before = await strangers.photograph();
    const single = await ended(scene, config, 'start', ...flavor, strangers.flavorId);
    const says = (output: string, ...words: readonly RegExp[]): readonly string[] =>
      words.filter((word) => !word.test(output)).map((word) => `${word.source} is not in:\n${output}`);
    mustHold([
      ...says(whole.output, /2 failed, 0 skipped/, /failed +image .*data are others.*register-external/),
      ...says(whole.output, /failed +subnet .*overlaps with another subnet/),
      ...says(single.output, /failed +flavor .*ram is 128 and not 64.*register-external/),
      ...(whole.code === 3 && single.code === 1 ? [] : [`start ended with ${whole.code} and ${single.code}`]),
    ]);
    // The shop is there but for those two; and what is parked is not retried into a stranger.
    const again = await startShop(scene, config);
    mustHold([
      ...says(again.output, /0 created, 0 adopted, 0 reused, 2 failed, 0 skipped/),
      ...(equalJson(before, await strangers.photograph()) ? [] : ['a stranger was touched']),
    ]);

    await strangers.makeRoom();
    await succeed(scene, config, 'register-external', ...flavor, strangers.flavorId, strangers.theirFlavorId);
    await succeed(scene, config, 'register-external', '--resource-type', 'image', imageId, strangers.imageId);
    const healed = await startShop(scene, config);
    const done = await succeed(scene, config, 'start', ...flavor, strangers.flavorId);
    mustHold([
      ...says(healed.output, /1 created, 0 adopted, 0 reused, 0 failed, 0 skipped/),
      ...says(done, /nothing is to be done|everything has its twin/),
      ...(healed.code === 0 ? [] : [`start ended with ${healed.code}`]),
      ...(equalJson(before[0], (await strangers.photograph())[0]) ? [] : ['the image of somebody else was touched']),
    ]);
    // By a person's word their image and their flavor are the twins, and they are other ones.
    const differences = [/image-1: there are 1 at the source and 0 at/, /shop-small: ram is 64, and of the twin 128/];
    mustHold(await wrongEmbedded(scene, config, { differences }));
    return '3 parked with a decision asked, 3 strangers untouched, 16 resources went on; 2 registered, 1 retried with room';
  },
});
