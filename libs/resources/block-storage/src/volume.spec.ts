import { PolicySchema } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { volumeFixture } from './volume.fixture.ts';
import { volume } from './volume.ts';

const shared = { ...volumeFixture.full, multiattach: true, volume_type_id: 'type-1' };
const context = { policy: PolicySchema.parse({}), outputs: {}, extensions: new Set<string>() };
const twinOf = ({ type, id }: { readonly type: string; readonly id: string }) => `twin-of-${type}-${id}`;

describe('a volume that several servers may attach', () => {
  it('keeps its type also where types are not kept, and sends no flag that Cinder has given up', () => {
    const needs = volume.needs(shared, context.policy).map(({ ref }) => ref);
    expect(needs).toContainEqual({ type: 'volume-type', id: 'type-1' });
    const body = volume.create(shared, twinOf, context);
    expect(body).toMatchObject({ volume_type: 'twin-of-volume-type-type-1' });
    expect(body).not.toHaveProperty('multiattach');
  });

  it('leaves the choice of the type to the destination for all others', () => {
    const alone = { ...shared, multiattach: false };
    expect(volume.needs(alone, context.policy).map(({ ref }) => ref.type)).not.toContain('volume-type');
    expect(volume.create(alone, twinOf, context)).not.toHaveProperty('volume_type');
  });
});
