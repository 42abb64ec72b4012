import type { InventoryItem } from '@osm/api-client';
import { useCallback, useMemo, useState } from 'react';
import type { Choice } from '../../pieces/keyset-table.tsx';

/** What is enough of a resource to plan it, and to name it. */
export type Chosen = Pick<InventoryItem, 'resource_type' | 'source_id' | 'name'>;

/** The key of a resource among those of one cloud. */
export const itemKey = ({ resource_type: type, source_id: id }: Chosen): string => `${type}/${id}`;

/** Resources that are chosen: they stay so while others are looked for. */
export interface InventoryChoice extends Choice<Chosen> {
  readonly chosen: readonly Chosen[];
  clear(): void;
}

/** Begins with none. */
export const useChoice = (): InventoryChoice => {
  const [byKey, setByKey] = useState<ReadonlyMap<string, Chosen>>(() => new Map());
  const toggle = useCallback((item: Chosen): void => {
    setByKey((before) => {
      const next = new Map(before);
      if (!next.delete(itemKey(item))) next.set(itemKey(item), item);
      return next;
    });
  }, []);
  const clear = useCallback((): void => setByKey(new Map()), []);
  return useMemo(
    () => ({ chosen: [...byKey.values()], isChosen: (item) => byKey.has(itemKey(item)), toggle, clear }),
    [byKey, toggle, clear],
  );
};
