import { Failure } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { parseClouds } from './parse-clouds.ts';

const clouds = (text: string, more: { secure?: string; vendors?: string } = {}) =>
  parseClouds(
    {
      clouds: { path: '/c/clouds.yaml', text },
      secure: more.secure === undefined ? undefined : { path: '/c/secure.yaml', text: more.secure },
      vendors: more.vendors === undefined ? undefined : { path: '/c/clouds-public.yaml', text: more.vendors },
    },
    '/home/ines',
  );

const failure = (act: () => unknown): Failure => {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
};

const password = `
clouds:
  north:
    auth:
      auth_url: https://north.example:5000
      username: ines
      password: 0123
      project_name: shop
      user_domain_name: Users
      project_domain_id: p1
    region_name: R1
`;

describe('an entry of clouds.yaml', () => {
  it('keeps a password as it is written, digits too', () => {
    expect(clouds(password).named('north')).toMatchObject({
      authUrl: 'https://north.example:5000',
      credential: { type: 'password', user: { name: 'ines', domain: { name: 'Users' } }, password: '0123' },
      scope: { type: 'project', project: { name: 'shop', domain: { id: 'p1' } } },
      region: 'R1',
      interface: 'public',
      tls: { verify: true },
    });
  });

  it('takes its secrets from secure.yaml and its defaults from its profile', () => {
    const north = clouds('clouds: {north: {profile: vendor, auth: {username: ines, project_id: p}}}', {
      secure: 'clouds: {north: {auth: {password: s3}}}',
      vendors: 'public-clouds: {vendor: {auth: {auth_url: "http://v/v3", username: nobody}, region_name: RV}}',
    }).named('north');
    expect(north).toMatchObject({
      authUrl: 'http://v/v3',
      credential: { user: { name: 'ines', domain: { id: 'default' } }, password: 's3' },
      scope: { project: { id: 'p' } },
      region: 'RV',
    });
  });

  it('may name one domain for user and project', () => {
    const north = clouds(
      'clouds: {n: {auth: {auth_url: "http://v", username: i, password: x, project_name: p, domain_name: D}}}',
    );
    expect(north.named('n')).toMatchObject({
      credential: { user: { domain: { name: 'D' } } },
      scope: { project: { name: 'p', domain: { name: 'D' } } },
    });
  });

  it.each([
    ['{domain_id: d}', { type: 'domain', domain: { id: 'd' } }],
    ['{domain_name: D}', { type: 'domain', domain: { name: 'D' } }],
    ['{system_scope: all}', { type: 'system' }],
    ['{}', { type: 'none' }],
  ])('has the scope of %s', (scope, expected) => {
    const text = `clouds: {n: {<<: {auth: {auth_url: "http://v", user_id: u, password: x}}}}`;
    const secure = `clouds: {n: {auth: ${scope}}}`;
    expect(clouds(text, { secure }).named('n').scope).toEqual(expected);
  });

  it('signs in with application credentials by id or by name, and with tokens', () => {
    const auth = 'auth_url: "http://v", application_credential_secret: s';
    const of = (more: string) => clouds(`clouds: {n: {auth: {${auth}, ${more}}}}`).named('n').credential;
    expect(of('application_credential_id: a')).toEqual({
      type: 'application-credential',
      ref: { id: 'a' },
      secret: 's',
    });
    expect(of('application_credential_name: a, user_id: u')).toMatchObject({ ref: { name: 'a', user: { id: 'u' } } });
    expect(of('token: t')).toEqual({ type: 'token', token: 't' });
  });

  it('reads connection settings by each of their names', () => {
    const config = clouds(`
clouds:
  n:
    auth: {auth_url: "http://v", username: i, password: x}
    endpoint_type: internalURL
    verify: no
    cacert: ~/ca.pem
    volume_api_version: '2'
    block_storage_endpoint_override: http://b/v3/%(project_id)s
    load-balancer-endpoint-override: http://l
`).named('n');
    expect(config).toMatchObject({
      interface: 'internal',
      tls: { verify: false, cacert: '/home/ines/ca.pem' },
      endpointOverrides: { 'block-storage': 'http://b/v3/%(project_id)s', 'load-balancer': 'http://l' },
    });
  });

  it('takes the values of its region', () => {
    const auth = 'auth: {auth_url: "http://v", username: i, password: x}';
    const config = clouds(`clouds: {n: {${auth}, regions: [{name: R1, values: {interface: admin}}, R2]}}`).named('n');
    expect(config).toMatchObject({ region: 'R1', interface: 'admin' });
  });
});

describe('what is wrong', () => {
  it('lists the clouds that are there, the nearest name first', () => {
    const wrong = failure(() => clouds('clouds: {south: {}, north: {}, nord: {}}').named('nort'));
    expect(wrong).toMatchObject({
      code: 'unknown-cloud',
      message: 'cannot find cloud nort in /c/clouds.yaml: there are nord, north, south.',
    });
    expect(failure(() => clouds('clouds: {}').named('constructor')).code).toBe('unknown-cloud');
  });

  it.each([
    ['clouds: {n: {auth: {username: i}}}', 'auth.auth_url'],
    ['clouds: {n: {auth: {auth_url: keystone, username: i, password: x}}}', 'auth.auth_url'],
    ['clouds: {n: {auth: {auth_url: "http://v", password: x}}}', 'auth.username'],
    ['clouds: {n: {auth: {auth_url: "http://v", username: i, password: }}}', 'auth.password'],
    ['clouds: {n: {auth: {auth_url: "http://v", username: i, password: x}, verify: maybe}}', 'verify'],
    ['clouds: {n: {auth: {auth_url: "http://v", username: i, password: x}, interface: secret}}', 'interface'],
    ['clouds: {n: {profile: nobody}}', 'profile'],
  ])('%s names the key', (text, key) => {
    const wrong = failure(() => clouds(text).named('n'));
    expect(wrong.code).toBe('incomplete-cloud');
    expect(wrong.message).toContain(`cannot use ${key} of cloud n in /c/clouds.yaml`);
  });

  it('says which ways of signing in there are', () => {
    const text = 'clouds: {n: {auth_type: v3oidcpassword, auth: {auth_url: "http://v"}}}';
    expect(failure(() => clouds(text).named('n'))).toMatchObject({ code: 'unsupported-auth-type' });
  });

  it('tells the place of a mistake but not the line, which may hold a password', () => {
    const wrong = failure(() => clouds('clouds:\n  n:\n    auth: {password: "hush\n'));
    expect(wrong.code).toBe('unreadable-clouds-file');
    expect(wrong.message).toMatch(/^cannot read \/c\/clouds\.yaml: line \d+, column \d+ is not YAML/);
    expect(`${wrong.message}${wrong.remedy}`).not.toContain('hush');
  });

  it.each([
    ['', 'clouds'],
    ['clouds: [a]', 'clouds'],
    ['a: b', 'clouds'],
    ['just text', 'clouds'],
  ])('%j has no clouds', (text, key) => {
    expect(failure(() => clouds(text)).message).toBe(`cannot read /c/clouds.yaml: ${key} is not a mapping.`);
  });
});
