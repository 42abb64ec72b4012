import type { CloudReport } from '@osm/api-client';
import classes from './clouds.module.css';

/** The extensions of the networking service. */
export const Extensions = ({ report: { extensions } }: { readonly report: CloudReport }) => {
  if (extensions.length === 0) return null;
  return (
    <details className={classes['more']}>
      <summary>
        Networking extensions <span className="page-numbers">{extensions.length}</span>
      </summary>
      <p className="page-mono">{extensions.join('  ')}</p>
    </details>
  );
};
