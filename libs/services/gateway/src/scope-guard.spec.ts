import 'reflect-metadata';
import { scopes } from '@osm/contracts';
import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describe, expect, it } from 'vitest';
import type { Actor } from './actor.ts';
import { OpenRoute } from './open-route.ts';
import { ScopeGuard } from './scope-guard.ts';
import { Scope } from './scope.ts';

class Routes {
  @Scope('plan')
  plan(): void {}

  @OpenRoute()
  open(): void {}

  forgotten(): void {}
}

const routes = new Routes();
const context = (handler: () => void, actor?: Actor): ExecutionContext =>
  new ExecutionContextHost([actor === undefined ? {} : { actor }], Routes, handler);
const actor = (...has: Actor['scopes']): Actor => ({ tokenId: 't', name: 'bob', scopes: has });
const guard = new ScopeGuard();

describe('a route', () => {
  it('is for tokens with its scope alone: no scope stands for another', () => {
    expect(guard.canActivate(context(routes.plan, actor('plan')))).toBe(true);
    for (const scope of scopes.filter((each) => each !== 'plan')) {
      expect(() => guard.canActivate(context(routes.plan, actor(scope)))).toThrow(
        expect.objectContaining({ code: 'forbidden', message: expect.stringContaining('scope plan') }),
      );
    }
    expect(() => guard.canActivate(context(routes.plan))).toThrow(expect.objectContaining({ code: 'unauthorised' }));
  });

  it('that says nothing is for nobody', () => {
    expect(() => guard.canActivate(context(routes.forgotten, actor(...scopes)))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    expect(() => guard.canActivate(context(routes.forgotten))).toThrow(
      expect.objectContaining({ code: 'unauthorised' }),
    );
  });

  it('that is open is for everybody', () => {
    expect(guard.canActivate(context(routes.open))).toBe(true);
  });
});
