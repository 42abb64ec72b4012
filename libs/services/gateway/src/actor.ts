import type { Scope } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Whose token a request came with. */
export interface Actor {
  readonly tokenId: string;
  /** `by` of all that is asked with the token. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** A request that the guard has let pass. */
export interface AuthorisedRequest {
  readonly actor?: Actor;
  /** Whether the token still counts: asked again by what goes on for long. */
  counts?(): Promise<boolean>;
}

/** The parameter that takes whose token the request came with. */
export const ByActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthorisedRequest>();
  if (actor !== undefined) return actor;
  throw new Failure('unauthorised', 'cannot answer: the request came without a token', {
    remedy: 'Send it as `Authorization: Bearer <token>`.',
  });
});
