import { openApi, type AccessIdentifyResponse, type Api } from '@osm/api-client';
import { createContext, use, useMemo, type ReactNode } from 'react';
import { tokenStore } from './token-store.ts';

/** What a token may allow. */
export type Scope = AccessIdentifyResponse['scopes'][number];

/** Who looks at the page. */
export interface Session {
  readonly api: Api;
  /** Whose word everything done here counts as. */
  readonly me: AccessIdentifyResponse;
  /** Whether the token allows it. What it does not allow is shown, and says why it cannot be done. */
  may(scope: Scope): boolean;
  /** Forgets the token. The reason is told where one signs in again. */
  signOut(reason?: string): void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** The API of the gateway that served the page, with the token of this tab. */
export const pageApi: Api = openApi({ url: '', token: () => tokenStore.read() });

interface Properties {
  readonly me: AccessIdentifyResponse;
  readonly onSignOut: (reason: string | undefined) => void;
  readonly children: ReactNode;
}

/** Tells all below it who looks. */
export const SessionProvider = ({ me, onSignOut, children }: Properties) => {
  const session = useMemo<Session>(
    () => ({
      api: pageApi,
      me,
      may: (scope) => me.scopes.includes(scope),
      signOut: (reason) => onSignOut(reason),
    }),
    [me, onSignOut],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
};

/** Who looks, and the API. Only below the sign-in. */
export const useSession = (): Session => {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('cannot tell who looks: nobody has signed in');
  return session;
};
