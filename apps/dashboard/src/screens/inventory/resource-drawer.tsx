import { Button, Drawer, Loader } from '@mantine/core';
import type { InventoryResource } from '@osm/api-client';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { attributeText } from './attribute-text.ts';
import classes from './inventory.module.css';
import type { Chosen } from './use-choice.ts';

interface Properties {
  readonly cloud: string;
  /** Undefined: closed. */
  readonly item: Chosen | undefined;
  readonly onClose: () => void;
}

/** One resource with its attributes, as the cloud showed them. */
export const ResourceDrawer = ({ cloud, item, onClose }: Properties) => (
  <Drawer
    opened={item !== undefined}
    onClose={onClose}
    position="right"
    size="lg"
    title={item === undefined ? '' : `${item.resource_type} ${item.name ?? ''}`}
  >
    {item !== undefined && <Detail cloud={cloud} item={item} />}
  </Drawer>
);

const Detail = ({ cloud, item }: { readonly cloud: string; readonly item: Chosen }) => {
  const path = { cloud, type: item.resource_type, id: item.source_id };
  const { data, error } = useAsk('registry.resource', [{ path }]);
  if (error !== null) return <ProblemNotice problem={error} />;
  if (data === undefined) return <Loader size="sm" />;
  return <Attributes resource={data} />;
};

const Attributes = ({ resource }: { readonly resource: InventoryResource }) => {
  const { mapping, unknown, attributes } = resource;
  const undeclared = new Set(unknown);
  return (
    <div className={classes['detail']}>
      <Facts
        facts={[
          ['Id', <CopyableId of={resource.resource_type} id={resource.source_id} />],
          [
            'Project',
            resource.project_id === null || resource.project_id === '' ? (
              'none'
            ) : (
              <CopyableId of="project" id={resource.project_id} />
            ),
          ],
          ['Changed', <RelativeTime at={resource.observed_at} />],
          [
            'There',
            resource.vanished ? <StateBadge state="vanished" word="the newest scan no longer saw it" /> : 'yes',
          ],
          [
            'Moved',
            mapping === null ? (
              'not yet'
            ) : (
              <span className={classes['moved']}>
                <StateBadge state={mapping.status} /> to {mapping.destination_cloud}
                <Button
                  component={Link}
                  to={`/resources/${mapping.uuid}`}
                  variant="subtle"
                  size="compact-xs"
                  rightSection={<IconArrowRight size={13} aria-hidden />}
                >
                  original and twin
                </Button>
              </span>
            ),
          ],
        ]}
      />
      <table className={classes['attributes']} aria-label="attributes">
        <tbody>
          {Object.entries(attributes).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                {name}
                {undeclared.has(name) && <StateBadge state="unknown" word="nobody has declared it" />}
              </th>
              <td>
                <pre>{attributeText(value)}</pre>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
