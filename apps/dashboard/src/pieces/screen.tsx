import { Group, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './screen.module.css';

interface Properties {
  readonly title: string;
  /** Beside the title: a state, a count. */
  readonly beside?: ReactNode;
  /** At the right: what can be done. */
  readonly actions?: ReactNode;
  /** The body scrolls as a whole; where it does not, each part of it scrolls for itself. Default: it does. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
}

/** What every screen is made of: its title, what can be done, and the rest. */
export const Screen = ({ title, beside, actions, scrolls = true, children }: Properties) => {
  useDocumentTitle(`${title} · openstack-migrate`);
  return (
    <div className={classes['screen']}>
      <Group component="header" className={classes['head']} justify="space-between" gap="sm" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Title order={1} className="page-one-line">
            {title}
          </Title>
          {beside}
        </Group>
        <Group gap="xs" wrap="nowrap">
          {actions}
        </Group>
      </Group>
      <div className={classes['body']} data-scrolls={scrolls} {...(scrolls ? { tabIndex: -1 } : {})}>
        {children}
      </div>
    </div>
  );
};
