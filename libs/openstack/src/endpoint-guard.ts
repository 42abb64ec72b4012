import { Failure } from '@osm/kernel';
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { shownUrl } from './redact.ts';

/**
 * Endpoints come from a catalogue that others can write. Link-local addresses are where clouds keep their metadata
 * services, never an OpenStack API.
 */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** Whether an IP address, written out, is link-local; an IPv4 address in IPv6 notation counts as what it is. */
export const isLinkLocal = (address: string): boolean => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && linkLocal.check(bare, family === 6 ? 'ipv6' : 'ipv4');
};

/** The URL without trailing slashes; fails with `forbidden-endpoint` where no OpenStack service can be. */
export const checkedEndpoint = (url: string, what: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && !isLinkLocal(parsed.hostname)) {
    return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
  }
  const why =
    parsed === undefined || !/^https?:$/.test(parsed.protocol)
      ? 'it is no http or https URL'
      : 'its address is link-local';
  throw new Failure('forbidden-endpoint', `cannot use ${shownUrl(url)} as ${what}: ${why}.`, {
    remedy: `Correct ${what}, in the cloud's catalogue or as an endpoint override in clouds.yaml.`,
  });
};

/** Name resolution that refuses names of link-local addresses: the check of the URL alone could be walked around. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    if (addresses.some(({ address }) => isLinkLocal(address))) {
      return done(Object.assign(new Error(`${hostname} has a link-local address`), { code: 'FORBIDDEN_ADDRESS' }), []);
    }
    const [first] = addresses;
    return options.all === true || first === undefined
      ? done(null, addresses)
      : done(null, first.address, first.family);
  });
};
