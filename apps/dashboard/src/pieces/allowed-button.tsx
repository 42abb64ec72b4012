import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession, type Scope } from '../session/session.tsx';

interface Properties extends Pick<ButtonProps, 'variant' | 'color' | 'leftSection' | 'loading' | 'size'> {
  /** What the token must allow. */
  readonly scope: Scope;
  /** Why it cannot be done now, apart from the token; undefined: it can. */
  readonly because?: string | undefined;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button that says why it cannot be pressed, where it cannot. It can be reached all the same, so that this can be heard. */
export const AllowedButton = ({ scope, because, onClick, children, ...look }: Properties) => {
  const { me, may } = useSession();
  const why = may(scope) ? because : `The token of ${me.name} does not allow it: it lacks the scope ${scope}.`;
  const button = (
    <Button
      {...look}
      {...(why === undefined ? {} : { 'data-disabled': true, 'aria-disabled': true })}
      onClick={(event) => {
        if (why === undefined) onClick();
        else event.preventDefault();
      }}
    >
      {children}
    </Button>
  );
  if (why === undefined) return button;
  return (
    <Tooltip label={why} multiline maw="22rem">
      {button}
    </Tooltip>
  );
};
