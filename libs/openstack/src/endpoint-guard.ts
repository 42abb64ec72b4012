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
// The same addresses as IPv6 carries them: in its own notation, through NAT64 and 6to4; and the one metadata service of IPv6.
linkLocal.addSubnet('::a9fe:0', 112, 'ipv6');
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
linkLocal.addSubnet('2002:a9fe::', 32, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('0.0.0.0', 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addAddress('::', 'ipv6');

const isIn = (list: BlockList, address: string): boolean => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && list.check(bare, family === 6 ? 'ipv6' : 'ipv4');
};

/** Whether an IP address, written out, is link-local; an IPv4 address in IPv6 notation counts as what it is. */
export const isLinkLocal = (address: string): boolean => isIn(linkLocal, address);

/** Names that turned out to be this machine's own. */
const ownNames = new Set<string>();

const isLoopback = (host: string): boolean =>
  isIn(loopback, host) || /^(.+\.)?localhost\.?$/i.test(host) || ownNames.has(host);

/**
 * The same for an endpoint out of a catalogue: it leads to this machine itself only where the cloud's Keystone does, or
 * whoever writes the catalogue could reach with us what listens here for nobody else.
 */
export const checkedCatalogue = (url: string, authUrl: string, what: string): string => {
  const checked = checkedEndpoint(url, what);
  if (!isLoopback(new URL(checked).hostname) || isLoopback(new URL(authUrl).hostname)) return checked;
  throw forbidden(url, what, 'it leads to this machine, and auth_url does not');
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
  throw forbidden(url, what, why);
};

const forbidden = (url: string, what: string, why: string): Failure =>
  new Failure('forbidden-endpoint', `cannot use ${shownUrl(url)} as ${what}: ${why}.`, {
    remedy: `Correct ${what}, in the cloud's catalogue or as an endpoint override in clouds.yaml.`,
  });

/** Name resolution that refuses names of link-local addresses: the check of the URL alone could be walked around. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    if (addresses.some(({ address }) => isLinkLocal(address))) {
      return done(Object.assign(new Error(`${hostname} has a link-local address`), { code: 'FORBIDDEN_ADDRESS' }), []);
    }
    if (addresses.some(({ address }) => isLoopback(address))) ownNames.add(hostname);
    const [first] = addresses;
    return options.all === true || first === undefined
      ? done(null, addresses)
      : done(null, first.address, first.family);
  });
};
