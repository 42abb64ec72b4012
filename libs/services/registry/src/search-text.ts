/** Whole texts that are an address: IPv4, IPv6, MAC, the first two also as a network. */
const address = /"(\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\/\d+)?)"/gi;

/** More addresses than these nobody looks for in one resource: a large security group has thousands. */
const most = 64;

/** What people look for a part of: a resource's name, its id and the addresses in its attributes, in lower case. */
export const searchText = (name: string | null, id: string, attributes: string): string => {
  const addresses = new Set<string>();
  for (const [, found = ''] of attributes.matchAll(address)) {
    addresses.add(found);
    if (addresses.size === most) break;
  }
  return [name ?? '', id, ...addresses].join(' ').toLowerCase();
};
