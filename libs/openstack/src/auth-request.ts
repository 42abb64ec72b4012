import type { Credential, DomainRef, Scope, UserRef } from './cloud-config.ts';

/** The body of `POST /v3/auth/tokens`. */
export const authRequest = (credential: Credential, scope: Scope): unknown => ({
  auth: { identity: identity(credential), ...scopeOf(credential, scope) },
});

/** What must never be shown. */
export const secretsOf = (credential: Credential): readonly string[] => {
  switch (credential.type) {
    case 'password':
      return [credential.password];
    case 'token':
      return [credential.token];
    case 'application-credential':
      return [credential.secret];
  }
};

/** Who signs in, in words. */
export const whoSignsIn = (credential: Credential): string => {
  switch (credential.type) {
    case 'password':
      return `user ${nameOf(credential.user)}`;
    case 'token':
      return 'the token';
    case 'application-credential':
      return `application credential ${nameOf(credential.ref)}`;
  }
};

/** What a person calls it by. */
export const nameOf = (ref: { readonly id: string } | { readonly name: string }): string =>
  'id' in ref ? ref.id : ref.name;

const identity = (credential: Credential): unknown => {
  switch (credential.type) {
    case 'password':
      return { methods: ['password'], password: { user: { ...user(credential.user), password: credential.password } } };
    case 'token':
      return { methods: ['token'], token: { id: credential.token } };
    case 'application-credential': {
      const { ref, secret } = credential;
      const named = 'id' in ref ? { id: ref.id } : { name: ref.name, user: user(ref.user) };
      return { methods: ['application_credential'], application_credential: { ...named, secret } };
    }
  }
};

const user = (ref: UserRef): { readonly id: string } | { readonly name: string; readonly domain: DomainRef } =>
  'id' in ref ? { id: ref.id } : { name: ref.name, domain: ref.domain };

/** Keystone refuses an application credential that comes with a scope, even with its own. */
const scopeOf = (credential: Credential, scope: Scope): { readonly scope?: unknown } => {
  if (credential.type === 'application-credential') return {};
  switch (scope.type) {
    case 'project':
      return { scope: { project: scope.project } };
    case 'domain':
      return { scope: { domain: scope.domain } };
    case 'system':
      return { scope: { system: { all: true } } };
    case 'none':
      return {};
  }
};
