/**
 * The processor seconds, user and system, of a shell's children, out of what its `times` prints: a line for the shell and
 * one for its children, `0m1.5s 0m0.25s`.
 */
export const childSeconds = (times: string): number => {
  const line = times.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)];
  if (parts.length !== 2) throw new Error(`this is no answer of times: ${times}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
};
