import { accessSubject, type Changed, type Scope } from '@osm/contracts';
import { access, countsNow, tokenThatCounts, type AccessCommand, type AccessState, type Token } from '@osm/domain';
import { loadAggregate, transact } from '@osm/event-log';
import { accessTokenHash, newAccessToken, Ports } from '@osm/platform';
import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';

/** A token as its maker sees it, once. */
export interface MadeToken extends Changed {
  readonly tokenId: string;
  readonly token: string;
}

export interface TokenOrder {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** Who may ask for what, as the log has it. The token itself passes through the memory of the process that makes it. */
@Injectable()
export class AccessBook {
  #known: { readonly head: number; readonly state: AccessState } | undefined;

  constructor(private readonly ports: Ports) {}

  /** Whose token this is, where it counts now: what was revoked a moment ago, by any process, counts no more. */
  async identify(token: string): Promise<Token | undefined> {
    const presented = Buffer.from(accessTokenHash(token), 'hex');
    const isPresented = (hash: string): boolean => {
      const known = Buffer.from(hash, 'hex');
      return known.length === presented.length && timingSafeEqual(known, presented);
    };
    return tokenThatCounts(await this.#state(), isPresented, this.ports.clock.now());
  }

  /** Every token that was ever made, and whether it counts now. */
  async tokens(): Promise<readonly (Token & { readonly counts: boolean })[]> {
    const now = this.ports.clock.now();
    return [...(await this.#state()).values()].map((token) => ({ ...token, counts: countsNow(token, now) }));
  }

  /** Raises `name-taken` and `bad-request`. */
  async create(order: TokenOrder): Promise<MadeToken> {
    const [tokenId, token] = [this.ports.ids.next(), newAccessToken()];
    const hash = accessTokenHash(token);
    const position = await this.#transact({ type: 'CreateToken', tokenId, hash, ...order });
    return { tokenId, token, position };
  }

  /** By its id or its name. Raises `no-such-token`. */
  async revoke(token: string, by: string, reason?: string): Promise<Changed> {
    return { position: await this.#transact({ type: 'RevokeToken', token, by, reason }) };
  }

  async #transact(command: AccessCommand): Promise<number> {
    const { log, clock, ids, producer } = this.ports;
    const recorder = { log, clock, ids, provenance: { producer, actor: command.by } };
    return (await transact(recorder, access, accessSubject, command)).revision;
  }

  /** Read again whenever the log has grown. A tail would be cheaper, and late. */
  async #state(): Promise<AccessState> {
    const { log } = this.ports;
    const head = await log.head();
    if (this.#known?.head === head) return this.#known.state;
    const { state } = await loadAggregate(log, access, accessSubject);
    this.#known = { head, state };
    return state;
  }
}
