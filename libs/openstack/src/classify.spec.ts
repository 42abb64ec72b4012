import { describe, expect, it } from 'vitest';
import { lost, refused, type Asked } from './classify.ts';

const asked = (method: string, service = 'network', more: Partial<Asked> = {}): Asked => ({
  cloud: 'north',
  service,
  method,
  url: 'http://north.example:9696/v2.0/things',
  ...more,
});
const now = new Date('2026-01-01T00:00:00Z');
const html = (title: string, words: string) =>
  `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${words}<br /><br />\n\n </body>\n</html>`;

const neutron = (type: string, message: string) => ({ NeutronError: { type, message, detail: '' } });

describe('an answer', () => {
  it.each([
    // Bodies as the services of Zed and Epoxy send them.
    [
      'GET',
      'identity',
      404,
      { error: { code: 404, message: 'Could not find project: x.', title: 'Not Found' } },
      'not-found',
      'stop',
      'Could not find project: x',
    ],
    [
      'GET',
      'image',
      404,
      html('404 Not Found', 'No image found with ID x'),
      'not-found',
      'stop',
      'No image found with ID x',
    ],
    [
      'GET',
      'image',
      404,
      { message: 'No image found with ID x<br /><br />\n\n\n', code: '404 Not Found', title: 'Not Found' },
      'not-found',
      'stop',
      'No image found with ID x',
    ],
    [
      'GET',
      'network',
      404,
      neutron('NetworkNotFound', 'Network x could not be found.'),
      'not-found',
      'stop',
      'Network x could not be found',
    ],
    [
      'GET',
      'compute',
      404,
      { itemNotFound: { code: 404, message: 'Instance x could not be found.' } },
      'not-found',
      'stop',
      'Instance x could not be found',
    ],
    [
      'GET',
      'dns',
      404,
      { code: 404, type: 'zone_not_found', message: 'Could not find Zone', request_id: 'r' },
      'not-found',
      'stop',
      'Could not find Zone',
    ],
    [
      'GET',
      'load-balancer',
      404,
      { faultcode: 'Client', faultstring: 'Load Balancer x not found.', debuginfo: null },
      'not-found',
      'stop',
      'Load Balancer x not found',
    ],
    [
      'GET',
      'key-manager',
      404,
      { code: 404, title: 'Not Found', description: 'Secret not found.' },
      'not-found',
      'stop',
      'Secret not found',
    ],
    [
      'GET',
      'object-store',
      404,
      html('Not Found', 'The resource could not be found.'),
      'not-found',
      'stop',
      'The resource could not be found',
    ],
    ['GET', 'object-store', 404, null, 'not-found', 'stop', 'not found'],
    [
      'GET',
      'compute',
      406,
      { computeFault: { code: 406, message: 'Version 2.999 is not supported by the API.' } },
      'microversion-too-old',
      'stop',
      'Version 2.999',
    ],
    [
      'POST',
      'network',
      400,
      neutron('HTTPBadRequest', "Unrecognized attribute(s) 'nope'"),
      'bad-request',
      'stop',
      "Unrecognized attribute(s) 'nope'",
    ],
    [
      'POST',
      'compute',
      400,
      { badRequest: { code: 400, message: 'Invalid input' } },
      'bad-request',
      'stop',
      'Invalid input',
    ],
    [
      'POST',
      'network',
      409,
      neutron('OverQuota', "Quota exceeded for resources: ['network']."),
      'quota-exceeded',
      'stop',
      'Quota exceeded',
    ],
    [
      'POST',
      'network',
      409,
      neutron('IpAddressGenerationFailure', 'No more IP addresses available on network x.'),
      'no-more-addresses',
      'stop',
      'No more IP',
    ],
    [
      'POST',
      'network',
      400,
      neutron('ExternalIpAddressExhausted', 'Unable to find any IP address on external network x.'),
      'no-more-addresses',
      'stop',
      'Unable',
    ],
    [
      'POST',
      'network',
      409,
      neutron('SubnetInUse', 'Unable to complete operation on subnet x'),
      'conflict',
      'stop',
      'Unable',
    ],
    [
      'POST',
      'identity',
      409,
      { error: { code: 409, message: 'Conflict occurred attempting to store project', title: 'Conflict' } },
      'conflict',
      'stop',
      'Conflict occurred',
    ],
    [
      'PUT',
      'image',
      409,
      html('409 Conflict', 'Image status transition from active to saving is not allowed'),
      'conflict',
      'stop',
      'Image status transition',
    ],
    [
      'POST',
      'compute',
      403,
      { forbidden: { code: 403, message: 'Quota exceeded for cores: Requested 8, but already used 16 of 20 cores' } },
      'quota-exceeded',
      'stop',
      'Quota exceeded for cores',
    ],
    [
      'POST',
      'compute',
      403,
      { forbidden: { code: 403, message: 'Project p is over a limit for servers' } },
      'quota-exceeded',
      'stop',
      'over a limit',
    ],
    [
      'POST',
      'key-manager',
      403,
      { code: 403, title: 'Forbidden', description: 'Quota reached for project p.' },
      'quota-exceeded',
      'stop',
      'Quota reached',
    ],
    [
      'POST',
      'load-balancer',
      403,
      { faultcode: 'Client', faultstring: 'Quota has been met for resources: Pool', debuginfo: null },
      'quota-exceeded',
      'stop',
      'Quota has been met',
    ],
    [
      'POST',
      'dns',
      413,
      { code: 413, type: 'over_quota', message: 'Quota exceeded for zones.' },
      'quota-exceeded',
      'stop',
      'Quota exceeded',
    ],
    [
      'GET',
      'compute',
      403,
      { forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:x to be performed." } },
      'forbidden',
      'stop',
      "Policy doesn't allow",
    ],
    [
      'GET',
      'object-store',
      403,
      '<html><h1>Forbidden</h1><p>Access was denied to this resource.</p></html>',
      'forbidden',
      'stop',
      'Access was denied',
    ],
    [
      'GET',
      'network',
      401,
      { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
      'unauthorized',
      'stop',
      'requires authentication',
    ],
    [
      'PUT',
      'load-balancer',
      409,
      { faultcode: 'Client', faultstring: 'Load Balancer x is immutable and cannot be updated.', debuginfo: null },
      'immutable',
      'retry',
      'immutable',
    ],
    [
      'PUT',
      'load-balancer',
      409,
      { faultcode: 'Client', faultstring: 'Invalid state PENDING_UPDATE of loadbalancer resource x', debuginfo: null },
      'immutable',
      'retry',
      'PENDING_UPDATE',
    ],
    [
      'PUT',
      'image',
      413,
      html('413 Request Entity Too Large', 'The size of the data will exceed the limit.'),
      'too-large',
      'stop',
      'exceed the limit',
    ],
    [
      'PUT',
      'image',
      415,
      html('415 Unsupported Media Type', 'Image format mismatch'),
      'unsupported-media-type',
      'stop',
      'mismatch',
    ],
    ['POST', 'compute', 429, null, 'throttled', 'retry', 'too many requests'],
    [
      'GET',
      'compute',
      500,
      { computeFault: { code: 500, message: 'Unexpected API Error.' } },
      'unavailable',
      'retry',
      'Unexpected API Error',
    ],
    [
      'DELETE',
      'network',
      503,
      '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
      'unavailable',
      'retry',
      'No server is available',
    ],
    [
      'POST',
      'compute',
      500,
      { computeFault: { code: 500, message: 'Unexpected API Error.' } },
      'answer-lost',
      'unknown',
      'Unexpected API Error',
    ],
    ['POST', 'network', 504, null, 'answer-lost', 'unknown', 'the gateway'],
    ['PATCH', 'identity', 502, 'Bad Gateway', 'answer-lost', 'unknown', 'Bad Gateway'],
    [
      'POST',
      'compute',
      501,
      { notImplemented: { code: 501, message: 'Unable to do it.' } },
      'not-implemented',
      'stop',
      'Unable to do it',
    ],
    ['GET', 'network', 302, null, 'redirected', 'stop', 'no reason'],
  ])('to %s (%s) of %i %j is %s, %s', (method, service, status, body, code, disposition, words) => {
    const failure = refused(
      asked(method, service),
      { status, headers: { 'x-openstack-request-id': 'req-1' }, body },
      now,
    );
    expect(failure).toMatchObject({ code, disposition, http: { service, method, status, requestId: 'req-1' } });
    expect(failure.message).toContain(words);
    expect(failure.remedy).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    // Cinder sends Retry-After: 0 with a full quota; a rate limit has a time to wait for.
    [
      { overLimit: { code: 413, message: 'VolumeSizeExceedsAvailableQuota: Requested volume', retryAfter: '0' } },
      '0',
      'quota-exceeded',
    ],
    [
      {
        overLimit: {
          code: 413,
          message: 'VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded',
          retryAfter: '0',
        },
      },
      '0',
      'quota-exceeded',
    ],
    [{ overLimit: { code: 413, message: 'This request was rate-limited.' } }, '7', 'throttled'],
  ])('413 %j with Retry-After %s is %s', (body, after, code) => {
    const failure = refused(
      asked('POST', 'block-storage'),
      { status: 413, headers: { 'retry-after': after }, body },
      now,
    );
    expect(failure).toMatchObject({ code, retryAfter: Number(after) });
  });

  it('says how long to wait, also as a date of the cloud’s own clock', () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 05:00:30 GMT', date: 'Thu, 01 Jan 2026 05:00:00 GMT' };
    expect(refused(asked('GET'), { status: 503, headers, body: null }, now).retryAfter).toBe(30);
    expect(refused(asked('GET'), { status: 503, headers: { 'retry-after': 'soon' }, body: null }, now).retryAfter).toBe(
      undefined,
    );
  });

  it('is told in at most 500 characters, and never with a secret', () => {
    const secrets = ['tok-123', 'lab'];
    const body = { error: { message: 'tok-123 of lab is not available', adminPass: 'x"y', long: 'z'.repeat(1000) } };
    const url = 'http://h/v1/o?temp_url_sig=abc&limit=1';
    const failure = refused(asked('GET', 'network', { secrets, url }), { status: 400, headers: {}, body }, now);
    expect(failure.message).toContain('*** of *** is not available');
    expect(failure.http?.body).toHaveLength(500);
    expect(JSON.stringify([failure, failure.message])).not.toMatch(/tok-123|x\\"y|abc/);
    expect(failure.http?.url).toBe('http://h/v1/o?temp_url_sig=***&limit=1');
  });
});

describe('no answer', () => {
  it.each([
    ['POST', { code: 'ECONNREFUSED', sent: false }, 'unreachable', 'retry'],
    ['GET', { code: 'ENOTFOUND', sent: false }, 'unreachable', 'retry'],
    ['GET', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', sent: false }, 'unreachable', 'stop'],
    ['GET', { code: 'FORBIDDEN_ADDRESS', sent: false }, 'forbidden-endpoint', 'stop'],
    ['GET', { code: 'ECONNRESET', sent: true }, 'unavailable', 'retry'],
    ['PUT', { code: 'ETIMEDOUT', sent: true }, 'unavailable', 'retry'],
    ['POST', { code: 'ECONNRESET', sent: true }, 'answer-lost', 'unknown'],
    ['PATCH', { code: 'ETIMEDOUT', sent: true }, 'answer-lost', 'unknown'],
  ])('to %s because of %j is %s, %s', (method, loss, code, disposition) => {
    expect(lost(asked(method), { message: 'it broke', ...loss })).toMatchObject({ code, disposition });
  });

  it('to what may be asked twice is no reason to look anything up', () => {
    const failure = lost(asked('POST', 'identity', { repeatable: true }), {
      code: 'ECONNRESET',
      message: '',
      sent: true,
    });
    expect(failure.disposition).toBe('retry');
  });

  it('names the URL that cannot be reached', () => {
    const { remedy } = lost(asked('GET'), { code: 'ECONNREFUSED', message: '', sent: false });
    expect(remedy).toContain('http://north.example:9696');
  });
});
