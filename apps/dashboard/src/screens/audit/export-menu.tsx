import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { AuditFilter } from './audit-filter.ts';
import { canChain } from './chained-lines.ts';
import type { Exporting } from './use-export.ts';

interface Properties {
  readonly filter: AuditFilter;
  readonly exporting: Exporting;
}

/** Events as a file, for whoever keeps them or looks at them with other means. */
export const ExportMenu = ({ filter, exporting }: Properties) => {
  if (exporting.written !== undefined) {
    return (
      <Button variant="default" onClick={exporting.giveUp}>
        {exporting.written.toLocaleString('en')} events written: stop
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => exporting.plain(filter)}>
          What is shown
          <small className="page-dim" style={{ display: 'block' }}>
            Lines of JSON, oldest first
          </small>
        </Menu.Item>
        <Menu.Item disabled={!canChain()} onClick={() => exporting.chained()}>
          All of the log, chained
          <small className="page-dim" style={{ display: 'block' }}>
            {canChain()
              ? 'Lines of JSON that openstack-migrate events verify follows'
              : 'Only where the page comes by TLS or from this host: browsers make no hashes elsewhere'}
          </small>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
