import { accessSubject, decodeEvent, scopes, type AccessEvent, type Scope } from '@osm/contracts';
import { access, countsNow, type AccessCommand, type AccessState, type Token } from '@osm/domain';
import { transact, type EventLog } from '@osm/event-log';
import { isFailure } from '@osm/kernel';
import { accessTokenHash, newAccessToken, systemClock, systemIds, type ReadSettings } from '@osm/platform';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { openLog } from '../open-log.ts';
import { table } from '../table.ts';
import { version } from '../version.ts';
import { wrongUse } from '../wrong-use.ts';

interface CreateOptions {
  readonly name?: string;
  readonly scope?: string;
  readonly expires?: string;
  readonly reason?: string;
}

/** `token create`: the token is shown this once, alone on the standard output; its hash goes into the log. */
export const createToken = async ({ io, settings }: Context, options: CreateOptions): Promise<number> => {
  const { name, scope, expires, reason } = options;
  if (name === undefined) throw wrongUse('no name is given', 'Add --name with who is going to use the token.');
  const wanted = scopesOf(scope);
  const expiresAt = expires === undefined ? undefined : endOf(expires);
  const [tokenId, token] = [systemIds.next(), newAccessToken()];
  const { actor: by } = settings;
  await record(settings, {
    ...{ type: 'CreateToken', tokenId, name, scopes: wanted, hash: accessTokenHash(token) },
    ...{ expiresAt, by, reason },
  });
  io.err(`Keep it: it is not shown again. Whoever has it may ${wanted.join(', ')} as ${name}.\n`);
  io.out(`${token}\n`);
  return exitCode.done;
};

/** `token revoke`: from now on the token opens nothing, also where a gateway is running. */
export const revokeToken = async (
  { io, settings }: Context,
  { reason }: { readonly reason?: string },
  token: string,
): Promise<number> => {
  await record(settings, { type: 'RevokeToken', token, by: settings.actor, reason });
  io.out(`token ${token} is revoked\n`);
  return exitCode.done;
};

/** `token list`: every token that was ever made, and whether it counts. */
export const listTokens = async (
  { io, settings }: Context,
  { format }: { readonly format: 'table' | 'json' },
): Promise<number> => {
  const tokens = [...(await known(settings)).values()];
  io.out(format === 'json' ? `${JSON.stringify(tokens.map(toJson))}\n` : toTable(tokens, io));
  return exitCode.done;
};

const record = async (settings: ReadSettings, command: AccessCommand): Promise<void> => {
  const { log, close } = await openLog(settings, 'a word beside');
  try {
    const provenance = { producer: `openstack-migrate/${version}`, actor: command.by };
    await transact({ log, clock: systemClock, ids: systemIds, provenance }, access, accessSubject, command);
  } finally {
    await close();
  }
};

const known = async (settings: ReadSettings): Promise<AccessState> => {
  try {
    const { log, close } = await openLog(settings, 'reading');
    try {
      return await folded(log);
    } finally {
      await close();
    }
  } catch (error) {
    // Where nobody has worked yet, nobody has a token.
    if (isFailure(error) && error.code === 'no-event-log') return access.initial;
    throw error;
  }
};

const folded = async (log: EventLog): Promise<AccessState> =>
  (await log.load(accessSubject)).reduce(
    (state, recorded) => access.evolve(state, decodeEvent(recorded) as AccessEvent),
    access.initial,
  );

const toJson = (token: Token) => {
  const { tokenId, name, scopes: has, expiresAt, revoked } = token;
  return { tokenId, name, scopes: has, expiresAt: expiresAt ?? null, revoked, counts: countsNow(token, new Date()) };
};

const toTable = (tokens: readonly Token[], io: Io): string =>
  table(
    {
      title: 'Tokens of the admin API',
      columns: ['ID', 'Name', 'Scopes', 'Ends', 'Counts'],
      rows: tokens
        .map(toJson)
        .map(({ tokenId, name, scopes: has, expiresAt, counts }) => [tokenId, name, has.join(', '), expiresAt, counts]),
    },
    io,
  );

const scopesOf = (text: string | undefined): readonly Scope[] => {
  const all = scopes.join(', ');
  const words = (text ?? '').split(',').flatMap((word) => word.trim() || []);
  if (words.length === 0) throw wrongUse('no scope is given', `Add --scope with some of ${all}.`);
  const unknown = words.find((word) => !scopes.some((each) => each === word));
  if (unknown !== undefined) throw wrongUse(`${unknown} is no scope`, `There are ${all}.`);
  return scopes.filter((each) => words.includes(each));
};

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** ISO 8601, so long from now. */
const endOf = (text: string): string => {
  const [, digits = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit] ?? 0);
  if (!(seconds > 0)) throw wrongUse(`${text} is no time`, 'Say for example 30d, 12h or 45m.');
  return new Date(systemClock.now().getTime() + seconds * 1000).toISOString();
};
