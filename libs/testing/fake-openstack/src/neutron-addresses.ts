/** An IP address: its number and which family it is of. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** A block of addresses. `first` and `last` are the whole block, network and broadcast address included. */
export interface Block {
  readonly version: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads an IP address; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parse6(text) : parse4(text);
}

function parse4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { version: 4, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parse6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!all.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return { version: 6, value: all.reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n) };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

/** Writes an IP address in its canonical form: `10.0.0.1`, `fd00::1`. */
export function formatAddress({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const all = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 65535n).toString(16));
  return compressed(all);
}

/** The longest run of two or more zero words becomes `::`; of equal ones the first. */
function compressed(all: readonly string[]): string {
  let start = -1;
  let length = 1;
  for (let index = 0; index < 8; index += 1) {
    let run = 0;
    while (all[index + run] === '0') run += 1;
    if (run > length) {
      start = index;
      length = run;
    }
  }
  if (start < 0) return all.join(':');
  return `${all.slice(0, start).join(':')}::${all.slice(start + length).join(':')}`;
}

/** Reads `10.0.0.5/24`; the bits of the host are dropped. A bare address is a block of one. */
export function parseBlock(text: string): Block | undefined {
  const [base = '', prefixText, ...rest] = text.split('/');
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = address.version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = (address.value / size) * size;
  return { version: address.version, prefix, first, last: first + size - 1n };
}

/** Writes a block: `10.0.0.0/24`. */
export function formatBlock(block: Block): string {
  return `${formatAddress({ version: block.version, value: block.first })}/${block.prefix}`;
}

/** True when the blocks share an address. */
export function overlaps(a: Block, b: Block): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** True when the address lies in the block. */
export function contains(block: Block, address: Address): boolean {
  return block.version === address.version && block.first <= address.value && address.value <= block.last;
}

/** The address that a host of this MAC gives itself in a SLAAC subnet (EUI-64). */
export function eui64(block: Block, mac: string): string {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const [first = 0, second = 0, third = 0, ...rest] = octets;
  const all = [first ^ 2, second, third, 255, 254, ...rest];
  const low = all.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return formatAddress({ version: 6, value: block.first + low });
}
