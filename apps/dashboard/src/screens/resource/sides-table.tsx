import type { Mapping } from '@osm/api-client';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { attributeText } from '../inventory/attribute-text.ts';
import classes from './resource.module.css';
import type { Side } from './side-lines.ts';

interface Properties {
  readonly mapping: Mapping;
  readonly lines: readonly Side[];
}

/** Attributes at both ends, and what became of each, with the reason where it is not equal. */
export const SidesTable = ({ mapping, lines }: Properties) => (
  <table className={classes['table']} aria-label="original and twin side by side">
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">{mapping.source_cloud}</th>
        <th scope="col">{mapping.destination_cloud}</th>
        <th scope="col">Verdict</th>
      </tr>
    </thead>
    <tbody>
      {lines.map(({ attribute, verdict, reason, ...values }) => (
        <tr key={attribute} data-verdict={verdict}>
          <th scope="row">{attribute}</th>
          <td>
            <Value is={values.source} />
          </td>
          <td>
            <Value is={values.destination} />
          </td>
          <td>
            {verdict === null ? <span className="page-dim">not compared</span> : <StateBadge state={verdict} />}
            {reason !== null && <p className={classes['reason']}>{reason}</p>}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** A value that is not known is not the same as one that is empty. */
const Value = ({ is }: { readonly is: unknown }) =>
  is === undefined ? <span className="page-dim">–</span> : <pre>{attributeText(is)}</pre>;
