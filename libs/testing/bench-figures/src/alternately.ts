import { spread, type Spread } from './spread.ts';

/** The figures of one round of one side. */
export type Sample<Figure extends string> = { readonly [figure in Figure]: number };

/** What is measured on each side. */
export type Side<Figure extends string> = (round: number) => Promise<Sample<Figure>>;

/**
 * Measures all sides in every round, one after the other, beginning with another side each round: what else the machine
 * does, and what warms up, falls on all of them alike.
 */
export const alternately = async <Name extends string, Figure extends string>(
  rounds: number,
  sides: { readonly [name in Name]: Side<Figure> },
  tell: (name: Name, round: number, sample: Sample<Figure>) => void = () => undefined,
): Promise<{ readonly [name in Name]: { readonly [figure in Figure]: Spread } }> => {
  const names = Object.keys(sides) as Name[];
  const samples = new Map<Name, Sample<Figure>[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of turned(names, round)) {
      const sample = await sides[name](round);
      samples.get(name)?.push(sample);
      tell(name, round, sample);
    }
  }
  const spreads = names.map((name) => [name, spreadsOf(samples.get(name) ?? [])]);
  return Object.fromEntries(spreads) as { [name in Name]: { [figure in Figure]: Spread } };
};

const turned = <Name>(names: readonly Name[], by: number): readonly Name[] => {
  const first = by % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
};

const spreadsOf = <Figure extends string>(samples: readonly Sample<Figure>[]): { [figure in Figure]: Spread } => {
  const figures = Object.keys(samples[0] ?? {}) as Figure[];
  const spreads = figures.map((figure) => [figure, spread(samples.map((sample) => sample[figure]))]);
  return Object.fromEntries(spreads) as { [figure in Figure]: Spread };
};
