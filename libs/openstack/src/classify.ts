import { Failure, type Disposition, type HttpFault, type Json } from '@osm/kernel';
import { cloudWords, type CloudWords } from './cloud-words.ts';
import { redact, shownUrl } from './redact.ts';

/** A request, as far as messages need it. */
export interface Asked {
  /** The cloud's name in `clouds.yaml`. */
  readonly cloud: string;
  readonly service: string;
  readonly method: string;
  readonly url: string;
  /** The token and the credential's secrets: nothing that is said may hold them. */
  readonly secrets?: readonly string[] | undefined;
  /** Set where a second POST changes nothing: signing in. */
  readonly repeatable?: boolean | undefined;
}

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
}

/** What became of a request that got no answer. */
export interface Loss {
  /** Node's error code: `ECONNREFUSED`; empty where there is none. */
  readonly code: string;
  readonly message: string;
  /** Whether the request may have reached the cloud. */
  readonly sent: boolean;
  readonly cause?: unknown;
}

interface Verdict {
  readonly code: string;
  readonly disposition: Disposition;
  readonly remedy: string;
}

/** Whether a request may be sent again: a second time changes nothing. */
export const isRepeatable = ({ method, repeatable }: Pick<Asked, 'method' | 'repeatable'>): boolean =>
  repeatable ?? ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method);

/** The failure that an answer stands for. `now` counts where `Retry-After` is a date. */
export const refused = (asked: Asked, refusal: Refusal, now: Date): Failure => {
  const words = cloudWords(refusal.body);
  const { code, disposition, remedy } = verdict(asked, refusal, words);
  const said = redact(words.message, asked.secrets) || reasons[refusal.status] || 'it gives no reason';
  const target = code === 'redirected' ? ` (to ${shownUrl(refusal.headers['location'] ?? 'nowhere')})` : '';
  return new Failure(code, `cannot ${request(asked)}: ${sentence(said)} (status ${refusal.status})${target}`, {
    disposition,
    remedy,
    http: httpFault(asked, refusal),
    retryAfter: retryAfterOf(refusal.headers, now),
  });
};

/** The failure that a missing answer stands for. */
export const lost = (asked: Asked, loss: Loss): Failure => {
  const { code, disposition, remedy } = lossVerdict(asked, loss);
  const message = redact(loss.message, asked.secrets);
  const why = message.includes(loss.code) ? message : `${message}, ${loss.code}`;
  return new Failure(code, `cannot ${request(asked)}: ${lossReason(code)} (${why}).`, {
    disposition,
    remedy,
    http: { service: asked.service, method: asked.method, url: shownUrl(asked.url) },
    cause: loss.cause,
  });
};

const request = ({ cloud, service, method, url }: Asked): string =>
  `${method} ${shownUrl(url)} (${service} of ${cloud})`;

const sentence = (text: string): string => text.replace(/\.?$/, '').replace(/^(.{400}).+$/s, '$1…');

const reasons: { readonly [status: number]: string | undefined } = {
  404: 'not found',
  429: 'too many requests',
  502: 'the gateway in front of the service has no answer from it',
  503: 'the service is unavailable',
  504: 'the gateway in front of the service waited too long',
};

const httpFault = (asked: Asked, { status, headers, body }: Refusal): HttpFault => {
  const text = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
  return {
    service: asked.service,
    method: asked.method,
    url: shownUrl(asked.url),
    status,
    requestId: requestId(headers),
    body: redact(text, asked.secrets).slice(0, 500),
  };
};

/** The id under which the service logged the request. */
export const requestId = (headers: { readonly [name: string]: string }): string | undefined =>
  headers['x-openstack-request-id'] ?? headers['x-compute-request-id'] ?? headers['x-trans-id'];

/** Seconds of `Retry-After`; a date counts from the cloud's own clock, where it tells it. */
export const retryAfterOf = (headers: { readonly [name: string]: string }, now: Date): number | undefined => {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const until = Date.parse(value);
  const from = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, Math.ceil((until - (Number.isNaN(from) ? now.getTime() : from)) / 1000));
};

const stop = (code: string, remedy: string): Verdict => ({ code, disposition: 'stop', remedy });
const retry = (code: string, remedy: string): Verdict => ({ code, disposition: 'retry', remedy });

const verdict = (asked: Asked, refusal: Refusal, words: CloudWords): Verdict => {
  const { status } = refusal;
  if (status >= 300 && status < 400) return redirected(asked);
  if (status >= 500) return broken(asked, status);
  if (isNoMoreAddresses(words)) {
    return stop('no-more-addresses', 'Free addresses of the subnet, or give it a larger allocation pool.');
  }
  switch (status) {
    case 401:
      return stop(
        'unauthorized',
        `Check the credential of ${asked.cloud} in clouds.yaml: it may be wrong, expired or revoked.`,
      );
    case 403:
      return isQuota(words) ? quota(asked) : forbidden(asked);
    case 404:
    case 410:
      return stop('not-found', 'Look whether it was deleted, and whether the credential may see it.');
    case 406:
      return stop(
        'microversion-too-old',
        `Use a newer release of the ${asked.service} service, or leave out what needs it.`,
      );
    case 408:
      return retry('unavailable', `Try again; if it persists, look at the network to ${new URL(asked.url).host}.`);
    case 409:
    case 423:
      return conflict(asked, words);
    case 413:
      return tooLarge(asked, refusal, words);
    case 415:
      return stop('unsupported-media-type', 'Look whether the data is of the format that is declared for it.');
    case 429:
    case 498:
      return retry('throttled', `Try again later, or raise the rate limit of ${asked.cloud}.`);
    default:
      return isQuota(words)
        ? quota(asked)
        : stop(
            'bad-request',
            `Correct what the ${asked.service} service names; it will refuse the same request again.`,
          );
  }
};

// Neutron has one type for a full subnet (409) and another for a full external network (400 or 409).
const isNoMoreAddresses = ({ type }: CloudWords): boolean =>
  type === 'IpAddressGenerationFailure' || type === 'ExternalIpAddressExhausted' || type === 'SubnetAllocationFailure';

// Neutron OverQuota, Nova "Quota exceeded for …" and "Maximum number of …", Octavia "Quota has been met", Designate
// over_quota, Barbican "Quota reached", and with unified limits "Project … is over a limit".
const isQuota = ({ type, message }: CloudWords): boolean =>
  /^over_?quota$|allowed.*exceed|exceed.*quota/i.test(type) || /quota|over a limit|maximum number of/i.test(message);

const quota = ({ cloud, service }: Asked): Verdict =>
  stop('quota-exceeded', `Raise the project's ${service} quota at ${cloud}, or free what it uses.`);

const forbidden = ({ cloud, service }: Asked): Verdict =>
  stop('forbidden', `Give the credential of ${cloud} the role that the ${service} service's policy asks for.`);

const conflict = (asked: Asked, words: CloudWords): Verdict => {
  if (isQuota(words)) return quota(asked);
  // Octavia refuses changes below a load balancer that is PENDING_*; the state passes.
  if (asked.service === 'load-balancer' && /immutable|PENDING_/.test(words.message)) {
    return retry('immutable', 'Try again when the load balancer is ACTIVE.');
  }
  return stop('conflict', 'Look at what exists already, or at the state it is in.');
};

// Cinder and Manila answer 413 overLimit with `Retry-After: 0` where a quota is full: time does not help there.
const tooLarge = (asked: Asked, { headers }: Refusal, words: CloudWords): Verdict => {
  const waits = Number(headers['retry-after'] ?? '0') !== 0;
  if (isQuota(words) || (/overlimit/i.test(words.type) && !waits)) return quota(asked);
  if (waits) return retry('throttled', `Try again later, or raise the rate limit of ${asked.cloud}.`);
  return stop('too-large', `Raise the largest size that the ${asked.service} service of ${asked.cloud} takes.`);
};

const redirected = ({ cloud, service }: Asked): Verdict =>
  stop(
    'redirected',
    `Put the final URL of the ${service} service into ${cloud}'s catalogue, or as its endpoint override into clouds.yaml.`,
  );

const broken = (asked: Asked, status: number): Verdict => {
  if (status === 501 || status === 505) {
    return stop('not-implemented', `Use a release or driver of the ${asked.service} service that can do it.`);
  }
  return isRepeatable(asked)
    ? retry('unavailable', `Try again; if it persists, look at the ${asked.service} service of ${asked.cloud}.`)
    : answerLost;
};

const answerLost: Verdict = {
  code: 'answer-lost',
  disposition: 'unknown',
  remedy: 'Look whether it took effect before anything is sent again.',
};

const certificate = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|INVALID_CA|HOSTNAME_MISMATCH)/;

const lossVerdict = (asked: Asked, { code, sent }: Loss): Verdict => {
  if (code === 'FORBIDDEN_ADDRESS') return forbiddenEndpoint(asked.cloud);
  // Waiting makes no certificate trusted.
  if (certificate.test(code)) return stop('unreachable', certificateRemedy(asked, code));
  if (!sent) {
    return retry('unreachable', `Check that ${new URL(asked.url).origin} is right and can be reached from here.`);
  }
  return isRepeatable(asked)
    ? retry('unavailable', `Try again; if it persists, look at the ${asked.service} service of ${asked.cloud}.`)
    : answerLost;
};

const certificateRemedy = ({ cloud, url }: Asked, code: string): string => {
  const { origin, hostname } = new URL(url);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `Use a host name that the certificate is for, instead of ${hostname}.`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `Have the certificate of ${origin} renewed, and look at this machine's clock.`;
  }
  return `Name the CA of ${origin} as cacert of ${cloud} in clouds.yaml.`;
};

const lossReason = (code: string): string =>
  code === 'unreachable' || code === 'forbidden-endpoint' ? 'no connection' : 'the connection gave no answer';

const forbiddenEndpoint = (cloud: string): Verdict =>
  stop(
    'forbidden-endpoint',
    `Correct the endpoint in ${cloud}'s catalogue or in clouds.yaml: link-local addresses are never an OpenStack service.`,
  );
