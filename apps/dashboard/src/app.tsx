import { Loader, MantineProvider } from '@mantine/core';
import { ApiProblem, type AccessIdentifyResponse } from '@osm/api-client';
import { QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { pageQueries } from './api/page-queries.ts';
import { LiveEvents } from './live/live-events.tsx';
import { ProblemNotice } from './pieces/problem-notice.tsx';
import { pageRouter } from './page-router.tsx';
import { pageApi, SessionProvider } from './session/session.tsx';
import { SignInScreen } from './session/sign-in-screen.tsx';
import { tokenStore } from './session/token-store.ts';
import { theme } from './theme.ts';

/** The page: asks who looks, and shows the screens to whoever may look. */
export const App = () => (
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <Page />
  </MantineProvider>
);

/** Whether a token is there, and counts. */
type Entry =
  | { readonly state: 'trying' }
  | { readonly state: 'out'; readonly because?: string | undefined }
  | { readonly state: 'in'; readonly me: AccessIdentifyResponse }
  | { readonly state: 'failed'; readonly problem: unknown };

const Page = () => {
  const [entry, setEntry] = useState<Entry>(() => ({ state: tokenStore.read() === undefined ? 'out' : 'trying' }));

  const signOut = useCallback((because: string | undefined): void => {
    tokenStore.forget();
    setEntry({ state: 'out', because });
  }, []);
  const queries = useMemo(() => pageQueries(({ message }) => signOut(message)), [signOut]);

  useEffect(() => {
    if (entry.state !== 'trying') return;
    const giveUp = new AbortController();
    pageApi.ask('access.identify', { signal: giveUp.signal }).then(
      (me) => setEntry({ state: 'in', me }),
      (problem: unknown) => {
        if (giveUp.signal.aborted) return;
        if (problem instanceof ApiProblem && problem.status === 401) signOut(problem.message);
        else setEntry({ state: 'failed', problem });
      },
    );
    return () => giveUp.abort();
  }, [entry.state, signOut]);

  switch (entry.state) {
    case 'trying':
      return <Loader m="xl" size="sm" aria-label="signing in" />;
    case 'out':
      return <SignInScreen because={entry.because} onSignIn={(me) => setEntry({ state: 'in', me })} />;
    case 'failed':
      return (
        <main style={{ padding: '2rem' }}>
          <ProblemNotice problem={entry.problem} />
        </main>
      );
    case 'in':
      return (
        <QueryClientProvider client={queries}>
          <SessionProvider me={entry.me} onSignOut={signOut}>
            <LiveEvents>
              <RouterProvider router={pageRouter} />
            </LiveEvents>
          </SessionProvider>
        </QueryClientProvider>
      );
  }
};
