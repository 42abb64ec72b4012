import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';

interface Options {
  readonly fromMarkers?: boolean;
  readonly fromArchive?: boolean;
  /** Does it: records what was proven, writes the log. */
  readonly yes?: boolean;
  readonly format?: 'table' | 'json';
}

const ways = `A log that was lost, or that is older than what was done, is put right in one of two ways:

  openstack-migrate recover --from-archive   restores the log as its archive has it, event by event: nothing is guessed
  openstack-migrate recover --from-markers   looks at both clouds and proves which twin belongs to which original

Take the archive where there is one. Both show first what they would do; --yes does it.
`;

/** `recover`: what can be done about a log that was lost or hurt. */
export const recover = async (context: Context, options: Options): Promise<number> => {
  if (options.fromArchive === true) {
    return (await import('../recover-from-archive.ts')).recoverFromArchive(context, options);
  }
  if (options.fromMarkers === true) {
    await (await import('../recover-from-archive.ts')).acceptWithoutArchive(context);
    return (await import('../recover-from-markers.ts')).recoverFromMarkers(context, options);
  }
  context.io.out(ways);
  return exitCode.wrongUse;
};
