import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Properties {
  /** What there is none of. */
  readonly title: string;
  /** Why that is so, and what to do. */
  readonly children: ReactNode;
  /** Buttons. */
  readonly action?: ReactNode;
}

/** Where nothing is to be shown: says why, and what to do. */
export const EmptyState = ({ title, children, action }: Properties) => (
  <Stack align="center" justify="center" gap="xs" p="xl" mih="12rem">
    <Title order={2}>{title}</Title>
    <Text size="sm" className="page-dim" ta="center" maw="34rem" component="div">
      {children}
    </Text>
    {action}
  </Stack>
);
