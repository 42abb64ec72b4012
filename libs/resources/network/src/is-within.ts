import { BlockList, isIPv6 } from 'node:net';

/** Whether an address lies in one of these ranges (`10.0.0.0/24`). */
export const isWithin = (address: string, cidrs: readonly string[]): boolean =>
  cidrs.some((cidr) => {
    const [base = '', length = ''] = cidr.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (isIPv6(address) !== isIPv6(base)) return false;
    const range = new BlockList();
    range.addSubnet(base, Number(length), family);
    return range.check(address, family);
  });
