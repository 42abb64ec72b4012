import type { InventoryEvent } from '@osm/contracts';

/** What a scan saw of a resource, as `ResourceObserved` states it. */
export type Observation = Extract<InventoryEvent, { type: 'ResourceObserved' }>['data'];

/** One resource of a cloud, as scans saw it. */
export interface InventoryState {
  /** As last seen; stays when it vanishes. */
  readonly observed: Observation | undefined;
  readonly vanished: boolean;
}

export type InventoryCommand =
  | ({ readonly type: 'Observe' } & Observation)
  /** A scan listed the whole type and the resource was not there. */
  | { readonly type: 'Vanish'; readonly scanId: string };

export const initialInventory: InventoryState = { observed: undefined, vanished: false };

const decide = (command: InventoryCommand, state: InventoryState): readonly InventoryEvent[] => {
  const { observed, vanished } = state;
  switch (command.type) {
    case 'Observe': {
      const { type: _, ...data } = command;
      if (observed?.fingerprint === data.fingerprint && !vanished) return [];
      return [{ type: 'ResourceObserved', data }];
    }
    case 'Vanish': {
      if (observed === undefined || vanished) return [];
      const { scanId } = command;
      return [{ type: 'ResourceVanished', data: { scanId, lastFingerprint: observed.fingerprint } }];
    }
  }
};

const evolve = (state: InventoryState, event: InventoryEvent): InventoryState => {
  switch (event.type) {
    case 'ResourceObserved':
      return { observed: event.data, vanished: false };
    case 'ResourceVanished':
      return { ...state, vanished: true };
  }
};

/** The rules of the inventory: a scan that sees nothing new writes nothing. */
export const inventory = { initial: initialInventory, decide, evolve };
