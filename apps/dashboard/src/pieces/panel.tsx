import { useId, type ReactNode } from 'react';
import classes from './panel.module.css';

interface Properties {
  readonly title: string;
  /** Beside the title: a state, a count. */
  readonly beside?: ReactNode;
  /** At the right: what can be done. */
  readonly actions?: ReactNode;
  /** How deep its title stands; default: below the screen's. */
  readonly level?: 2 | 3;
  readonly children: ReactNode;
}

/** A part of a screen, with a title and a line around it; with level 3, a part of such a part, with no line. */
export const Panel = ({ title, beside, actions, level = 2, children }: Properties) => {
  const id = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  // Only the greater parts are landmarks: the same small part stands in each of them.
  const Part = level === 2 ? 'section' : 'div';
  return (
    <Part
      className={classes['panel']}
      data-level={level}
      aria-labelledby={id}
      {...(level === 3 ? { role: 'group' } : {})}
    >
      <div className={classes['head']}>
        <Heading id={id} className={classes['title']}>
          {title}
        </Heading>
        {beside}
        <span className={classes['gap']} />
        {actions}
      </div>
      <div className={classes['body']}>{children}</div>
    </Part>
  );
};
