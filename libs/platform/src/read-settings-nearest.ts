/** The word that was most likely meant, or undefined where none is like it. */
export const nearestKey = (typed: string, known: readonly string[]): string | undefined => {
  const asked = typed.toLowerCase().replaceAll('-', '_');
  const ranked = known
    .map((key) => ({ key, distance: begins(key, asked) ? 1 : distance(asked, key) }))
    .sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1));
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(asked.length / 3)) ? best.key : undefined;
};

/** A part of a key, or a key with more behind it. */
const begins = (key: string, asked: string): boolean =>
  asked.length > 2 && (key.startsWith(asked) || asked.startsWith(key));

/** Letters to change, add or leave out. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? Infinity;
};
