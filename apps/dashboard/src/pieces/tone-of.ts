/** What a state means to whoever has to act: `warn` wants a look, `bad` a hand. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'idle';

const tones: Readonly<Record<Tone, readonly string[]>> = {
  good: ['completed', 'succeeded', 'approved', 'equal', 'listed', 'reachable', 'ok', 'known', 'removed'],
  bad: ['failed', 'rejected', 'source-cleanup-failed', 'lost', 'error', 'unreachable', 'refused'],
  warn: [
    ...['warning', 'paused', 'skipped', 'pending-cleanup', 'pending-members', 'unknown', 'unsupported', 'impossible'],
    ...['cancelling', 'crash-window', 'temporary-past-its-time', 'vanished'],
  ],
  busy: ['running', 'in-progress', 'dispatched', 'moving', 'requested', 'drafted'],
  idle: ['waiting', 'cancelled', 'rolled-back', 'mapped', 'ended', 'info', 'note'],
};

const toneByState: ReadonlyMap<string, Tone> = new Map(
  Object.entries(tones).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone])),
);

/** The tone of a state; of one that nobody knows, `idle`. */
export const toneOf = (state: string): Tone => toneByState.get(state) ?? 'idle';
