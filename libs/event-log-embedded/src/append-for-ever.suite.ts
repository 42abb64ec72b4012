/** A program for the tests: appends to the log in a directory until it is killed, and prints each acknowledged id. */
import { randomUUID } from 'node:crypto';
import { openEmbeddedLog } from './open-embedded-log.ts';

const { log } = await openEmbeddedLog({ directory: process.argv[2] ?? '' });

const event = (number: number) => ({
  id: randomUUID(),
  type: 'Sampled',
  version: 1,
  at: new Date().toISOString(),
  data: { number },
  producer: 'append-for-ever',
});

const append = async (subject: string): Promise<never> => {
  let revision = (await log.load(subject)).at(-1)?.position ?? 0;
  for (;;) {
    const events = [1, 2, 3].map(event);
    revision = await log.append(subject, revision, events);
    process.stdout.write(events.map(({ id }) => `${id}\n`).join(''));
  }
};

await Promise.all(Array.from({ length: 8 }, (_, at) => append(`osm.evt.scan.${at}`)));
