import { Alert, Stack, Text } from '@mantine/core';
import { ApiProblem } from '@osm/api-client';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface Properties {
  /** What was thrown; of an `ApiProblem` the remedy is shown too. */
  readonly problem: unknown;
  /** What can be done about it here. */
  readonly children?: ReactNode;
}

/** What could not be done, why, and what to do now. */
export const ProblemNotice = ({ problem, children }: Properties) => {
  const { detail, remedy, errors } = told(problem);
  return (
    <Alert role="alert" variant="outline" color="red" p="sm" icon={<IconAlertTriangle size={18} aria-hidden />}>
      <Stack gap={4}>
        <Text size="sm" fw={600} c="var(--page-bad)" style={{ overflowWrap: 'anywhere' }}>
          {detail}
        </Text>
        {errors.map(({ field, detail: wrong }) => (
          <Text key={field} size="sm">
            <span className="page-mono">{field}</span>: {wrong}
          </Text>
        ))}
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {remedy}
        </Text>
        {children}
      </Stack>
    </Alert>
  );
};

const told = (problem: unknown): Pick<ApiProblem, 'remedy' | 'errors'> & { readonly detail: string } => {
  if (problem instanceof ApiProblem) return { detail: problem.message, remedy: problem.remedy, errors: problem.errors };
  const detail = problem instanceof Error ? problem.message : String(problem);
  return {
    detail,
    remedy: 'This is a fault of the page. Load it again; the command line does not need it.',
    errors: [],
  };
};
