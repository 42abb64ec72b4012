import { Button, Code, PasswordInput, Paper, Stack, Text, Title } from '@mantine/core';
import { ApiProblem, type AccessIdentifyResponse } from '@osm/api-client';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemNotice } from '../pieces/problem-notice.tsx';
import { pageApi } from './session.tsx';
import { tokenStore } from './token-store.ts';

interface Properties {
  /** Why one has to sign in again; undefined the first time. */
  readonly because: string | undefined;
  readonly onSignIn: (me: AccessIdentifyResponse) => void;
}

/** Asks for a token, and tries it before anything else is shown. */
export const SignInScreen = ({ because, onSignIn }: Properties) => {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const signIn = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    tokenStore.write(token.trim());
    try {
      onSignIn(await pageApi.ask('access.identify'));
    } catch (error) {
      tokenStore.forget();
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main style={{ display: 'grid', placeItems: 'center', minHeight: '100%', background: 'var(--page-sunk)' }}>
      <Paper component="section" withBorder p="xl" w="min(28rem, 92vw)" bg="var(--page-raised)">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void signIn();
          }}
        >
          <Stack gap="md">
            <div>
              <Title order={1}>openstack-migrate</Title>
              <Text size="sm" className="page-dim">
                Sign in with a token. It stays in this tab, and is forgotten with it.
              </Text>
            </div>
            {because !== undefined && problem === undefined && (
              <Text size="sm" role="status">
                {because}
              </Text>
            )}
            <PasswordInput
              label="Token"
              size="sm"
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              autoFocus
              placeholder="osm_…"
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={problem instanceof ApiProblem && problem.status === 401 ? 'This token does not count.' : undefined}
            />
            {problem !== undefined && <ProblemNotice problem={problem} />}
            <Button
              type="submit"
              size="sm"
              loading={busy}
              disabled={token.trim() === ''}
              rightSection={<IconArrowRight size={16} aria-hidden />}
            >
              Sign in
            </Button>
            <Text size="xs" className="page-dim">
              None yet? On the machine of the gateway:{' '}
              <Code>openstack-migrate token create --name you --scope view,plan,execute</Code>
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
};
