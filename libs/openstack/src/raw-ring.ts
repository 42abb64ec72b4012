/**
 * Memory that a connection reads into, used again and again: what was read is lent, and the next bytes come behind it or, where
 * that is full, into the next of a few slabs. Without a fresh buffer for each read, the kernel's answer is all that a byte
 * costs.
 */
export interface Ring {
  /** Where the next bytes go. */
  readonly space: Buffer;
  /** So many bytes came into `space`; what was held of them meanwhile stays untouched until it is released. */
  took(bytes: number): void;
  /** Whether there is room to go on reading. */
  readonly hasRoom: boolean;
  /** Keeps the slab of what is being read, until what it answers is called. */
  hold(): () => void;
  /** Gives the memory back: nothing may be read into it from now on. */
  close(): void;
}

interface Slab {
  readonly memory: Buffer;
  used: number;
  held: number;
}

/** A shorter rest of a slab is left empty: reads into it would be too small. */
const smallest = 64 * 1024;

/** `freed` is called when there is room again. */
export const openRing = (slabBytes: number, slabs: number, freed: () => void): Ring => {
  const free: Slab[] = [];
  let made = 0;
  let closed = false;
  const make = (): Slab => {
    made += 1;
    return { memory: memoryOf(slabBytes), used: 0, held: 0 };
  };
  let current = make();
  const hasRoom = (): boolean => free.length > 0 || made < slabs;
  const giveBack = (slab: Slab): void => {
    if (closed) return keep(slab.memory);
    if (slab === current) return;
    slab.used = 0;
    free.push(slab);
    freed();
  };
  return {
    get space() {
      return current.memory.subarray(current.used);
    },
    get hasRoom() {
      return hasRoom();
    },
    took: (bytes) => {
      current.used += bytes;
      if (current.held === 0) current.used = 0;
      else if (current.memory.length - current.used < Math.min(smallest, slabBytes)) current = free.pop() ?? make();
    },
    hold: () => {
      const slab = current;
      slab.held += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        slab.held -= 1;
        if (slab.held === 0) giveBack(slab);
      };
    },
    close: () => {
      if (closed) return;
      closed = true;
      for (const { memory } of free) keep(memory);
      if (current.held === 0) keep(current.memory);
    },
  };
};

/** Slabs of connections that are gone, for those to come: a megabyte is dear to get from the system. */
const spare: Buffer[] = [];
const mostSpare = 16;

const memoryOf = (bytes: number): Buffer => {
  const at = spare.findIndex((each) => each.length === bytes);
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  return found ?? Buffer.allocUnsafeSlow(bytes);
};

const keep = (memory: Buffer): void => {
  if (spare.length < mostSpare && memory.length >= smallest) spare.push(memory);
};
