import type { IncomingHttpHeaders } from 'node:http';
import type { Microversions } from './frame.ts';
import { Refusal } from './frame.ts';

/** True when `version` is `other` or newer: `2.10` is newer than `2.9`. */
export function newerOrEqual(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}

/** The microversion that a request asks for; the minimum when it asks for none. Refuses 400 and 406 as nova does. */
export function requestedMicroversion(offered: Microversions | undefined, headers: IncomingHttpHeaders): string {
  if (offered === undefined) return '';
  const asked = askedFor(offered, headers) ?? offered.min;
  const version = asked === 'latest' ? offered.max : asked;
  if (!/^[1-9]\d*\.(0|[1-9]\d*)$/.test(version)) {
    throw new Refusal(400, `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  if (!newerOrEqual(version, offered.min) || !newerOrEqual(offered.max, version)) {
    throw new Refusal(
      406,
      `Version ${version} is not supported by the API. Minimum is ${offered.min} and maximum is ${offered.max}.`,
    );
  }
  return version;
}

/** The headers that name the microversion of an answer. */
export function microversionHeaders(offered: Microversions | undefined, version: string): Record<string, string> {
  if (offered === undefined) return {};
  const vary = ['OpenStack-API-Version', ...(offered.legacyHeader === undefined ? [] : [offered.legacyHeader])];
  return {
    'OpenStack-API-Version': `${offered.word} ${version}`,
    ...(offered.legacyHeader === undefined ? {} : { [offered.legacyHeader]: version }),
    Vary: vary.join(', '),
  };
}

function askedFor(offered: Microversions, headers: IncomingHttpHeaders): string | undefined {
  const header = headers['openstack-api-version'];
  for (const part of typeof header === 'string' ? header.split(',') : []) {
    const [word, version] = part.trim().split(/\s+/);
    if (word === offered.word && version !== undefined) return version;
  }
  const legacy = offered.legacyHeader === undefined ? undefined : headers[offered.legacyHeader.toLowerCase()];
  return typeof legacy === 'string' ? legacy : undefined;
}
