import { Loader } from '@mantine/core';
import { Link, Navigate, useParams, useSearchParams } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { askedResource } from './resource-filter.ts';
import { ResourceDetail } from './resource-detail.tsx';
import { ResourceList } from './resource-list.tsx';

/** All resources that have or get a twin; or one of them, with all that is known of it. */
export const ResourceScreen = () => {
  const { uuid } = useParams();
  const [search] = useSearchParams();
  const asked = askedResource(search);
  if (uuid !== undefined) return <ResourceDetail key={uuid} uuid={uuid} />;
  return asked === undefined ? <ResourceList /> : <Found type={asked.type} id={asked.id} />;
};

/** Goes to the record of a resource that is known by its id at the source. */
const Found = ({ type, id }: { readonly type: string; readonly id: string }) => {
  const { data, error } = useAsk('registry.mapping-page', [{ query: { type, q: id } }]);
  const row = data?.items.find(({ source_id: source }) => source === id);
  if (row !== undefined) return <Navigate to={`/resources/${row.uuid}`} replace />;
  return (
    <Screen title="Resources">
      {error !== null && <ProblemNotice problem={error} />}
      {data === undefined && error === null && <Loader size="sm" />}
      {data !== undefined && (
        <EmptyState title="No record of it counts">
          Nothing was made of the {type} <span className="page-mono">{id}</span> yet, or its record was set aside: look
          among <Link to="/resources?archived">those that were</Link>.
        </EmptyState>
      )}
    </Screen>
  );
};
