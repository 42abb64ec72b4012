/** The words that may have been meant: those that begin with it, or differ in few letters; nearest first. */
export const near = (word: string, words: Iterable<string>, most = 3): readonly string[] => {
  const asked = word.toLowerCase();
  const allowed = Math.max(1, Math.floor(asked.length / 4));
  const found: { readonly word: string; readonly distance: number }[] = [];
  for (const each of new Set(words)) {
    const candidate = each.toLowerCase();
    const begins = asked.length > 2 && candidate.startsWith(asked);
    const distance = begins ? 0.5 : editDistance(asked, candidate, allowed);
    if (distance <= allowed) found.push({ word: each, distance });
  }
  const order = (a: string, b: string): number => (a < b ? -1 : 1);
  return found
    .sort((a, b) => a.distance - b.distance || order(a.word, b.word))
    .slice(0, most)
    .map((each) => each.word);
};

/** Letters to change, add or leave out; Infinity where that is more than `allowed`. */
const editDistance = (a: string, b: string, allowed: number): number => {
  if (Math.abs(a.length - b.length) > allowed) return Infinity;
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    if (Math.min(...row) > allowed) return Infinity;
    above = row;
  }
  return above[b.length] ?? Infinity;
};
