import { NativeSelect, Pill, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { knownEventTypes } from '../../events/event-words.ts';
import { kinds, subjectWords, type AuditFilter } from './audit-filter.ts';
import classes from './audit.module.css';

interface Properties {
  readonly filter: AuditFilter;
  readonly onChange: (part: Partial<AuditFilter>) => void;
}

/** Milliseconds without a letter after which is searched. */
const pause = 300;

/** Which events are wanted: by whom, of what, when. */
export const AuditFilters = ({ filter, onChange }: Properties) => {
  const [who, setWho] = useState(filter.who);
  const find = useDebouncedCallback((text: string) => onChange({ who: text }), pause);
  return (
    <div className={classes['filters']}>
      <SegmentedControl
        aria-label="what is shown"
        data={[
          { value: 'people', label: 'What people did' },
          { value: 'all', label: 'Everything' },
        ]}
        value={filter.of}
        onChange={(value) => onChange({ of: value === 'all' ? 'all' : 'people' })}
      />
      <TextInput
        type="search"
        aria-label="who"
        placeholder="Who"
        value={who}
        onChange={({ currentTarget: { value } }) => {
          setWho(value);
          find(value);
        }}
      />
      <NativeSelect
        aria-label="about"
        data={[{ value: '', label: 'about anything' }, ...kinds.map((kind) => ({ value: kind, label: kind }))]}
        value={filter.kind ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ kind: kinds.find((kind) => kind === value) })}
      />
      <NativeSelect
        aria-label="event"
        data={[{ value: '', label: 'any event' }, ...knownEventTypes]}
        value={filter.type ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ type: value === '' ? undefined : value })}
      />
      <Time label="from" value={filter.from} onChange={(from) => onChange({ from })} />
      <Time label="until" value={filter.to} onChange={(to) => onChange({ to })} />
      {filter.plan !== undefined && (
        <Chosen words={`plan ${filter.plan.slice(0, 8)}`} onRemove={() => onChange({ plan: undefined })} />
      )}
      {filter.subject !== undefined && (
        <Chosen words={subjectWords(filter.subject)} onRemove={() => onChange({ subject: undefined })} />
      )}
    </div>
  );
};

interface TimeProperties {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

const Time = ({ label, value, onChange }: TimeProperties) => (
  <label className={classes['time']}>
    {label}
    <TextInput
      type="datetime-local"
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  </label>
);

const Chosen = ({ words, onRemove }: { readonly words: string; readonly onRemove: () => void }) => (
  <Pill
    withRemoveButton
    onRemove={onRemove}
    removeButtonProps={{ 'aria-label': `no longer only ${words}`, 'aria-hidden': false, tabIndex: 0 }}
  >
    {words}
  </Pill>
);
