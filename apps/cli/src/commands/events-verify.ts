import { verifyArchive } from '@osm/event-archive';
import { Failure } from '@osm/kernel';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { counted } from '../words.ts';

interface Options {
  readonly format: 'table' | 'json';
}

/** `events verify`: needs nothing but the files. Fails with the first line that is not as it was written. */
export const eventsVerify = async ({ io }: Context, { format }: Options, named = ''): Promise<number> => {
  const place = path.resolve(named);
  if (!existsSync(place)) {
    throw new Failure('no-archive', `cannot read an archive at ${place}: there is nothing`, {
      remedy: 'Name the folder archive in the data directory of the registry, or one of its files.',
    });
  }
  const { events, position, hash } = await verifyArchive(place);
  const head = { events, position, hash: hash.toString('hex') };
  if (format === 'json') io.out(`${JSON.stringify(head)}\n`);
  else
    io.out(`all of ${counted(events, 'event')} are as they were written, up to position ${position}: ${head.hash}\n`);
  return exitCode.done;
};
