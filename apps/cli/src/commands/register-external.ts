import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { handlerNamed, routeOf, withSession } from '../session.ts';

interface Options {
  readonly resourceType?: string;
  readonly check: boolean;
}

/** `register-external SRC DST`: both must exist, unless a person says that they need not be looked at. */
export const registerExternal = async (
  context: Context,
  options: Options,
  sourceId = '',
  destinationId = '',
): Promise<number> => {
  const { type } = await handlerNamed(options.resourceType);
  const route = routeOf(context.settings);
  return withSession(context, 'records', async ({ asker, io, settings }) => {
    const { position } = await asker.ask('migration.register', {
      route,
      ref: { type, id: sourceId },
      destinationId,
      check: options.check,
      by: settings.actor,
      reason: 'registered by hand',
    });
    await asker.ask('registry.position', { atLeast: position });
    io.out(`${type} ${sourceId} of ${route.source} has its twin ${destinationId} in ${route.destination}\n`);
    return exitCode.done;
  });
};
