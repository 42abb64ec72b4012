import {
  IconBook2,
  IconChecks,
  IconCloudComputing,
  IconListTree,
  IconPlayerPlay,
  IconRoute,
  IconTrash,
  IconTransform,
  type Icon,
} from '@tabler/icons-react';

/** A place of the page. */
export interface Destination {
  readonly to: string;
  readonly word: string;
  readonly picture: Icon;
}

/** In the order in which a migration passes through them. */
export const navigation: readonly Destination[] = [
  { to: '/clouds', word: 'Clouds', picture: IconCloudComputing },
  { to: '/inventory', word: 'Inventory', picture: IconListTree },
  { to: '/plans', word: 'Plans', picture: IconRoute },
  { to: '/run', word: 'Run', picture: IconPlayerPlay },
  { to: '/resources', word: 'Resources', picture: IconTransform },
  { to: '/fidelity', word: 'Fidelity', picture: IconChecks },
  { to: '/audit', word: 'Audit', picture: IconBook2 },
  { to: '/clean-up', word: 'Clean-up', picture: IconTrash },
];
