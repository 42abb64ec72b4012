import { SegmentedControl } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Screen } from '../../pieces/screen.tsx';
import { Orphans } from './orphans.tsx';
import { Originals } from './originals.tsx';

/** What can be deleted: originals that have their twins, and what was left over. */
export const CleanUpScreen = () => {
  const [search, setSearch] = useSearchParams();
  const isOrphans = search.has('orphans');
  return (
    <Screen
      title="Clean-up"
      scrolls={false}
      beside={
        <SegmentedControl
          aria-label="what is to be cleaned up"
          size="xs"
          data={[
            { value: 'originals', label: 'Originals' },
            { value: 'orphans', label: 'Left over' },
          ]}
          value={isOrphans ? 'orphans' : 'originals'}
          onChange={(value) => setSearch(value === 'orphans' ? { orphans: '' } : {})}
        />
      }
    >
      {isOrphans ? <Orphans /> : <Originals />}
    </Screen>
  );
};
