import type { Context } from '../context.ts';
import { idMeant } from '../choose-roots.ts';
import { exitCode } from '../exit-code.ts';
import { handlerNamed, routeOf, withSession } from '../session.ts';

interface Options {
  readonly resourceType?: string;
  readonly check: boolean;
}

/**
 * `register-external SRC DST`: both must exist, unless a person says that they need not be looked at. A name will do where
 * a scan of its cloud has seen it once.
 */
export const registerExternal = async (
  context: Context,
  options: Options,
  source = '',
  destination = '',
): Promise<number> => {
  const { type } = await handlerNamed(options.resourceType);
  const route = routeOf(context.settings);
  return withSession(context, 'records', async ({ asker, io, settings }) => {
    const inCloud = async (cloud: string, idOrName: string): Promise<string> => {
      const seen = await asker.ask('registry.inventory', { cloud, type });
      return (
        idMeant(
          type,
          idOrName,
          seen.filter(({ vanished }) => !vanished),
        ) ?? idOrName
      );
    };
    const sourceId = await inCloud(route.source, source);
    const destinationId = await inCloud(route.destination, destination);
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
