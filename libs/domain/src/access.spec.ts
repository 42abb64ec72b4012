import type { AccessEvent, Scope } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import { access, tokenThatCounts } from './access.ts';

const given = (...events: readonly AccessEvent[]) => givenOf(access, ...events);
const created = (tokenId: string, name: string, expiresAt?: string): AccessEvent => {
  const scopes: Scope[] = ['view'];
  const ends = expiresAt === undefined ? {} : { expiresAt };
  return { type: 'TokenCreated', data: { tokenId, name, scopes, hash: `hash-${tokenId}`, ...ends, by: 'ann' } };
};
const revoked = (tokenId: string): AccessEvent => ({ type: 'TokenRevoked', data: { tokenId, by: 'ann' } });
const create = (tokenId: string, name: string, scopes: readonly Scope[] = ['view']) =>
  ({ type: 'CreateToken', tokenId, name, scopes, hash: `hash-${tokenId}`, by: 'ann' }) as const;

describe('tokens', () => {
  it('are made with what they allow', () => {
    given().when(create('1', 'bob')).then(created('1', 'bob'));
  });

  it('have a name of their own, and allow something', () => {
    given(created('1', 'bob')).when(create('2', 'bob')).thenRefused('name-taken');
    given(created('1', 'bob'), revoked('1')).when(create('2', 'bob')).then(created('2', 'bob'));
    given().when(create('1', ' ')).thenRefused('bad-request');
    given()
      .when(create('1', 'bob', []))
      .thenRefused('bad-request');
  });

  it('are revoked by id or name, once', () => {
    given(created('1', 'bob')).when({ type: 'RevokeToken', token: 'bob', by: 'ann' }).then(revoked('1'));
    given(created('1', 'bob')).when({ type: 'RevokeToken', token: '1', by: 'ann' }).then(revoked('1'));
    given(created('1', 'bob'), revoked('1')).when({ type: 'RevokeToken', token: '1', by: 'ann' }).then();
    given().when({ type: 'RevokeToken', token: '1', by: 'ann' }).thenRefused('no-such-token');
  });

  it('count until they are revoked or their time is over', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const state = [
      created('1', 'a'),
      created('2', 'b', '2026-01-01T00:00:01Z'),
      created('3', 'c', '2026-01-01T00:00:00Z'),
      created('4', 'd'),
      revoked('4'),
    ].reduce(access.evolve, access.initial);
    const counting = ['1', '2', '3', '4', '5'].filter(
      (id) => tokenThatCounts(state, (hash) => hash === `hash-${id}`, now) !== undefined,
    );
    expect(counting).toEqual(['1', '2']);
  });
});
