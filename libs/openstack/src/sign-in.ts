import { Failure } from '@osm/kernel';
import { authRequest, nameOf, secretsOf, whoSignsIn } from './auth-request.ts';
import { refused } from './classify.ts';
import type { CloudConfig, Scope } from './cloud-config.ts';
import { checkedEndpoint } from './endpoint-guard.ts';
import { identityRoot } from './endpoint.ts';
import { tokenOf, type Token } from './token.ts';
import { askedOf, type Exchange, type Wire } from './wire.ts';
import { withRetries } from './with-retries.ts';

/** Gets a token for a scope. It is sent again where its answer is lost: a token too many harms nobody. */
export const signIn = async (wire: Wire, config: CloudConfig, scope: Scope): Promise<Token> => {
  const { cloud, clock, userAgent } = wire.options;
  const root = identityRoot(checkedEndpoint(config.authUrl, `auth_url of cloud ${cloud}`));
  const exchange: Exchange = {
    service: 'identity',
    method: 'POST',
    url: `${root}/auth/tokens`,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'User-Agent': userAgent },
    body: JSON.stringify(authRequest(config.credential, scope)),
    secrets: secretsOf(config.credential),
    repeatable: true,
  };
  return await withRetries(
    exchange,
    clock,
    undefined,
    async () => {
      const gotMs = clock.now().getTime();
      const answer = await wire.exchange(exchange);
      if (answer.status !== 201 && answer.status !== 200) {
        throw inWords(cloud, config, scope, exchange, refused(askedOf(cloud, exchange), answer, clock.now()));
      }
      const token = tokenOf(answer.headers['x-subject-token'], answer.body, gotMs);
      if (token === undefined) throw notKeystone(cloud, config, exchange, undefined);
      return token;
    },
    wire.traffic.retries,
  );
};

const inWords = (cloud: string, config: CloudConfig, scope: Scope, exchange: Exchange, failure: Failure): Failure => {
  if (failure.code === 'not-found') return notKeystone(cloud, config, exchange, failure);
  if (failure.code !== 'unauthorized') return failure;
  const why = failure.message.slice(failure.message.indexOf('): ') + 3);
  const who = whoSignsIn(config.credential);
  return new Failure(
    'unauthorized',
    `cannot sign in to cloud ${cloud} at ${config.authUrl} as ${who}${inScope(config, scope)}: ${why}`,
    {
      remedy: `Check the secret, the names and the domains of ${cloud} in ${config.file}, and that ${who} has a role there.`,
      http: failure.http,
    },
  );
};

/** An application credential knows its own scope. */
const inScope = ({ credential }: CloudConfig, scope: Scope): string => {
  if (credential.type === 'application-credential') return '';
  switch (scope.type) {
    case 'project':
      return ` in project ${nameOf(scope.project)}`;
    case 'domain':
      return ` in domain ${nameOf(scope.domain)}`;
    case 'system':
      return ' for the whole system';
    case 'none':
      return '';
  }
};

const notKeystone = (cloud: string, config: CloudConfig, exchange: Exchange, failure: Failure | undefined): Failure =>
  new Failure('wrong-auth-url', `cannot sign in to cloud ${cloud}: what answers at ${exchange.url} is not Keystone.`, {
    remedy: `Correct auth_url of cloud ${cloud} in ${config.file}.`,
    http: failure?.http ?? { service: 'identity', method: 'POST', url: exchange.url },
  });
