import type { Io } from './io.ts';

/**
 * How YAML is written: as readers of its older version take it, who would make a truth of `no` and a time of `1:30`; and
 * nothing is folded, for programs and `grep` read it.
 */
const style = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/** The same world, to which each line of JSON is told as a YAML document. What is no data stays as it is. */
export const inYaml = async (io: Io): Promise<Io> => {
  const { stringify } = await import('yaml');
  let documents = 0;
  const out = (text: string): void => {
    if (!/^[[{]/.test(text)) {
      io.out(text);
      return;
    }
    documents += 1;
    io.out(`${documents > 1 ? '---\n' : ''}${stringify(JSON.parse(text) as unknown, style)}`);
  };
  return { ...io, out };
};
