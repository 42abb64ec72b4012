import { NativeSelect } from '@mantine/core';
import { useAsk } from '../../api/use-ask.ts';

interface Properties {
  /** Undefined: all plans. */
  readonly plan: string | undefined;
  readonly onChoose: (plan: string | undefined) => void;
}

/** Which plan's work is looked at: one of the newest, or all. */
export const PlanChoice = ({ plan, onChoose }: Properties) => {
  const { data } = useAsk('registry.plan-page', [{ query: { intent: 'migrate', limit: 50 } }], { freshFor: 10_000 });
  const newest = (data?.items ?? []).map(({ plan_id: id, created_at: at, requested_by: by }) => ({
    value: id,
    label: `${id.slice(0, 8)} · ${new Date(at).toLocaleString()} · ${by}`,
  }));
  const isListed = plan === undefined || newest.some(({ value }) => value === plan);
  return (
    <NativeSelect
      aria-label="plan"
      data={[
        { value: '', label: 'all plans' },
        ...(isListed ? [] : [{ value: plan, label: plan.slice(0, 8) }]),
        ...newest,
      ]}
      value={plan ?? ''}
      onChange={({ currentTarget: { value } }) => onChoose(value === '' ? undefined : value)}
    />
  );
};
