import { canonicalJson, equalJson } from '@osm/kernel';

/** What tells two things apart, in words: `ram is 512 and not 1024`; undefined where nothing does. */
export const differences = (
  compared: readonly (readonly [name: string, wanted: unknown, found: unknown])[],
): string | undefined => {
  const words = compared
    .filter(([, wanted, found]) => !equalJson(wanted, found))
    .map(([name, wanted, found]) => `${name} is ${shown(found)} and not ${shown(wanted)}`);
  return words.length === 0 ? undefined : words.join(', ');
};

const shown = (value: unknown): string => (value === undefined ? 'absent' : canonicalJson(value));
