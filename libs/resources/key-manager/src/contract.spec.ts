import { PolicySchema } from '@osm/resource';
import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { hrefOf, keyManagerResources, refOfHref, secret, secretContainer } from './index.ts';
import { emptyContainerFixture, secretContainerFixture } from './secret-container.fixture.ts';
import { emptySecretFixture, secretFixture } from './secret.fixture.ts';

const fixtures = [
  [secret, secretFixture],
  [secret, emptySecretFixture],
  [secretContainer, secretContainerFixture],
  [secretContainer, emptyContainerFixture],
] as const;

for (const [handler, fixture] of fixtures) describeResource(handler, fixture);

// Payloads and the hrefs of a real cloud are beyond clouds in memory: fill-secret.int.spec.ts has those.
describeEngineLaws(secret, emptySecretFixture);
describeEngineLaws(secretContainer, emptyContainerFixture);

describe('the list of key-manager resources', () => {
  it('has a fixture for each type', () => {
    expect(new Set(fixtures.map(([handler]) => handler))).toEqual(new Set(keyManagerResources));
  });
});

describe('an href of Barbican’s', () => {
  it.each([
    ['https://keys.example/key-manager/v1/containers/7a2183ed', { type: 'secret-container', id: '7a2183ed' }],
    ['http://keys.example:9311/v1/secrets/140b81c4/', { type: 'secret', id: '140b81c4' }],
    ['http://keys.example:9311/v1/orders/140b81c4', undefined],
    ['', undefined],
  ])('%s names %o', (href, ref) => {
    expect(refOfHref(href)).toEqual(ref);
  });

  it('is made of the root that the cloud tells', () => {
    const href = hrefOf('https://keys.example/v1', 'secret-container', 'c1');
    expect(href).toBe('https://keys.example/v1/containers/c1');
    expect(refOfHref(href)).toEqual({ type: 'secret-container', id: 'c1' });
  });
});

describe('a list of readers', () => {
  const acl = (users: readonly string[], shared = true) => ({ read: { 'project-access': shared, users: [...users] } });

  it('leaves out whom nobody is at the destination', () => {
    const { full } = secretContainerFixture;
    const nobody = secretContainer.expect({ ...full, acl: acl(['octavia']) }, () => undefined, {
      policy: PolicySchema.parse({ multitenant_mode: false }),
      outputs: {},
      extensions: new Set(),
    });
    expect(nobody['acl']).toEqual(acl([]));
  });

  it('may have services of the destination on it, and must have everybody who is expected', () => {
    expect(secret.same('acl', acl(['ann']), acl(['ann', 'octavia']))).toBe(true);
    expect(secret.same('acl', acl(['ann']), acl(['octavia']))).toBe(false);
    expect(secret.same('acl', acl([]), acl([], false))).toBe(false);
  });
});
