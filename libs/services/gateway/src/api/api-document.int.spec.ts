import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type GatewayFixture } from '../gateway.fixture.ts';
import { apiDocument } from './api-document.ts';

const committed = path.resolve(import.meta.dirname, '../../../../api-client/openapi.json');

let gateway: GatewayFixture;
beforeAll(async () => void (gateway = await openGateway({ dashboard: undefined }, { alone: true })));
afterAll(() => gateway.close());

interface Told {
  readonly path: string;
  readonly method: string;
  readonly operation: { readonly operationId?: string; readonly description?: string; readonly responses: object };
}

const told = (): readonly Told[] =>
  Object.entries(apiDocument(gateway.running.app).paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path: at,
      method,
      operation: operation as Told['operation'],
    })),
  );

describe('the document of the API', () => {
  it('is the committed one: `node tools/openapi.mjs` writes it anew', async () => {
    const text = `${JSON.stringify(apiDocument(gateway.running.app), null, 2)}
`;
    await expect(text).toMatchFileSnapshot(committed);
  });

  it('names each operation once, with its scope, its answer and what a refusal looks like', () => {
    const names = told().map(({ operation }) => operation.operationId);
    expect(names.filter((name, at) => name === undefined || names.indexOf(name) !== at)).toEqual([]);
    for (const { path: at, operation } of told()) {
      expect(operation.description, at).toMatch(/Scope: `(view|plan|execute|cleanup|admin)`\.$/);
      expect(Object.keys(operation.responses), at).toEqual(['200', 'default']);
    }
  });

  it('names nothing that is not there: every reference is to a schema of its own', () => {
    const document = apiDocument(gateway.running.app);
    const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w*)/g)].map(
      ([, name]) => name ?? '',
    );
    const schemas = new Set(Object.keys(document.components?.schemas ?? {}));
    expect(named.filter((name) => !schemas.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(50);
  });

  it('tells of routes that are there, each closed to whoever has no token and to whoever lacks the scope', async () => {
    const nothing = await gateway.token('nothing-but-admin', 'admin');
    for (const { path: at, method, operation } of told()) {
      const to = at.replaceAll(/\{\w+\}/g, 'x');
      const asked = { method: method.toUpperCase() };
      expect((await gateway.ask(to, asked)).status, `${method} ${at}`).toBe(401);
      if (operation.description?.endsWith('`admin`.')) continue;
      const refused = await gateway.ask(to, { ...asked, token: nothing });
      expect(refused.json(), `${method} ${at}`).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });
});
