import { isIPv6 } from 'node:net';

/** An address as a number, so that one can count from it. Only for addresses that are valid. */
export const toNumber = (address: string): bigint =>
  isIPv6(address)
    ? wordsOf(address).reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n)
    : address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);

/** The address of a number, in the family of another address; IPv6 without any shortening. */
export const toAddress = (number: bigint, like: string): string =>
  isIPv6(like)
    ? parts(number, 8, 16n)
        .map((word) => word.toString(16))
        .join(':')
    : parts(number, 4, 8n).join('.');

const parts = (number: bigint, count: number, bits: bigint): readonly bigint[] =>
  Array.from({ length: count }, (_, at) => (number >> (bits * BigInt(count - 1 - at))) & ((1n << bits) - 1n));

const wordsOf = (address: string): readonly string[] => {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
};
