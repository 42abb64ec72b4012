import type { PlanStep } from '@osm/api-client';

/** A step of a resource `<type>/<id>`. */
export const planStep = (
  resource: string,
  step: string,
  needs: readonly string[] = [],
  status: PlanStep['status'] = 'waiting',
): PlanStep => {
  const [type = '', id = ''] = resource.split('/');
  return {
    ...{ step_id: `${resource}/${step}`, resource_type: type, source_id: id, name: id, step, service: 'network' },
    ...{ status, attempt: 1, needs: [...needs], because: null, failure: null, since: '2026-03-14T02:00:00Z' },
    ...{ skipped_by: null, skip_reason: null },
  };
};
