/** A column that is to find its place: how wide it would be, and how wide its longest word is. */
export interface Column {
  readonly width: number;
  readonly word: number;
}

/** Narrower than this nothing is made: an id of four letters a line is of use to nobody. */
const narrowest = 12;

/**
 * How wide columns are made so that they have room together; the widest give way first. Words, and so ids, stay whole as long
 * as they can. Where there is too little room for all of it, it is too wide nevertheless.
 */
export const fitColumns = (columns: readonly Column[], room: number): readonly number[] => {
  const widths = columns.map(({ width }) => width);
  const wide = (): number => widths.reduce((sum, width) => sum + width, 0);
  for (const least of [(at: number) => Math.max(columns[at]?.word ?? 0, narrowest), () => narrowest]) {
    while (wide() > room) {
      const candidates = widths.map((width, at) => (width > least(at) ? width : 0));
      const widest = Math.max(...candidates);
      if (widest === 0) break;
      widths[candidates.indexOf(widest)] = widest - 1;
    }
  }
  return widths;
};

/** A text in lines of this width: broken at blanks, and within a word only where that alone is wider. */
export const wrapText = (text: string, width: number): readonly string[] => {
  if ([...text].length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if ([...longer].length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const letters = [...word];
    while (letters.length > width) lines.push(letters.splice(0, width).join(''));
    line = letters.join('');
  }
  return [...lines, line];
};
