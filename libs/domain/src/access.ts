import type { AccessEvent, Scope } from '@osm/contracts';
import { Failure } from '@osm/kernel';

/** A token as it is known: not itself, but its hash. */
export interface Token {
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly hash: string;
  /** ISO 8601; undefined: it does not end by itself. */
  readonly expiresAt: string | undefined;
  readonly revoked: boolean;
}

/** Every token that was ever made, by its id. */
export type AccessState = ReadonlyMap<string, Token>;

export type AccessCommand =
  | {
      readonly type: 'CreateToken';
      readonly tokenId: string;
      readonly name: string;
      readonly scopes: readonly Scope[];
      readonly hash: string;
      readonly expiresAt?: string | undefined;
      readonly by: string;
      readonly reason?: string | undefined;
    }
  | {
      readonly type: 'RevokeToken';
      /** Its id or its name. */
      readonly token: string;
      readonly by: string;
      readonly reason?: string | undefined;
    };

/** Names are told apart, for the name is what the log says of who did something. */
const decide = (command: AccessCommand, state: AccessState): readonly AccessEvent[] => {
  const { by, reason } = command;
  const why = reason === undefined ? {} : { reason };
  if (command.type === 'CreateToken') {
    const { tokenId, name, hash, expiresAt } = command;
    if (name.trim() === '' || command.scopes.length === 0) throw nothingSaid();
    if ([...state.values()].some((token) => token.name === name && !token.revoked)) throw nameTaken(name);
    const ends = expiresAt === undefined ? {} : { expiresAt };
    return [{ type: 'TokenCreated', data: { tokenId, name, scopes: [...command.scopes], hash, ...ends, by, ...why } }];
  }
  const known = [...state.values()].filter(({ tokenId, name }) => [tokenId, name].includes(command.token));
  if (known.length === 0) throw noSuchToken(command.token);
  return known
    .filter(({ revoked }) => !revoked)
    .map(({ tokenId }) => ({ type: 'TokenRevoked', data: { tokenId, by, ...why } }));
};

const evolve = (state: AccessState, event: AccessEvent): AccessState => {
  const { tokenId } = event.data;
  if (event.type === 'TokenCreated') {
    const { name, scopes, hash, expiresAt } = event.data;
    return new Map([...state, [tokenId, { tokenId, name, scopes, hash, expiresAt, revoked: false }]]);
  }
  const known = state.get(tokenId);
  return known === undefined ? state : new Map([...state, [tokenId, { ...known, revoked: true }]]);
};

/** Whether a token is neither revoked nor past its time. */
export const countsNow = ({ revoked, expiresAt }: Token, now: Date): boolean =>
  !revoked && (expiresAt === undefined || Date.parse(expiresAt) > now.getTime());

/** The token whose hash is the one that was presented, where it counts now. */
export const tokenThatCounts = (
  state: AccessState,
  isPresented: (hash: string) => boolean,
  now: Date,
): Token | undefined => [...state.values()].find((token) => isPresented(token.hash) && countsNow(token, now));

const nothingSaid = (): Failure =>
  new Failure('bad-request', 'cannot make a token: it has no name, or nothing that it allows', {
    remedy: 'Give it the name of who uses it, and at least one of view, plan, execute, cleanup, admin.',
  });

const nameTaken = (name: string): Failure =>
  new Failure('name-taken', `cannot make a token for ${name}: there is one of that name`, {
    remedy: 'Give it another name, or revoke the one that is there.',
  });

const noSuchToken = (token: string): Failure =>
  new Failure('no-such-token', `cannot revoke token ${token}: there is none of that id or name`, {
    remedy: 'openstack-migrate token list shows all.',
  });

/** The rules of access. */
export const access = { initial: new Map() as AccessState, decide, evolve };
