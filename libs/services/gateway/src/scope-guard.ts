import type { Scope } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Actor, AuthorisedRequest } from './actor.ts';
import { openKey } from './open-route.ts';
import { scopeKey } from './scope.ts';

/** Lets a request pass whose token has the scope that the route wants. A route that says nothing lets nobody pass. */
export class ScopeGuard implements CanActivate {
  readonly #reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.#reflector.getAllAndOverride<true | undefined>(openKey, targets) === true) return true;
    const scope = this.#reflector.getAllAndOverride<Scope | undefined>(scopeKey, targets);
    const { actor } = context.switchToHttp().getRequest<AuthorisedRequest>();
    if (actor === undefined) throw unauthorised('it came without a token');
    if (scope === undefined || !actor.scopes.includes(scope)) throw forbidden(actor, scope);
    return true;
  }
}

/** A request without a token that counts. */
export const unauthorised = (why: string): Failure =>
  new Failure('unauthorised', `cannot answer the request: ${why}`, {
    remedy:
      'Send `Authorization: Bearer <token>`; `openstack-migrate token create --name <who> --scope view` makes a token.',
  });

const forbidden = ({ name, scopes }: Actor, scope: Scope | undefined): Failure =>
  new Failure(
    'forbidden',
    `cannot answer the request: it needs the scope ${scope ?? 'of nobody'}, and the token of ${name} has ${scopes.join(', ')}`,
    { remedy: `Ask for a token with the scope ${scope ?? 'that the operation names'}.` },
  );
