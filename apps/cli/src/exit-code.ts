/** How a command ended, as the shell hears it. */
export const exitCode = {
  /** All of it was done. */
  done: 0,
  /** None of it was done. */
  failed: 1,
  /** The command line or the configuration makes no sense; no cloud was asked to do anything. */
  wrongUse: 2,
  /** A part of it was done. */
  partly: 3,
} as const;

const wrongUse = new Set([
  'wrong-use',
  'unknown-type',
  'unknown-filter',
  'unreadable-config',
  'unknown-config-key',
  'bad-config-value',
  'missing-config-key',
  'bad-event-log',
  'unknown-cloud',
  'incomplete-cloud',
  'unsupported-auth-type',
  'unreadable-clouds-file',
  'bad-bandwidth',
]);

/** The exit code for a failure's code. */
export const exitCodeOf = (code: string): number =>
  code === 'interrupted' ? exitCode.partly : wrongUse.has(code) ? exitCode.wrongUse : exitCode.failed;
