interface Place {
  readonly index: number;
  /** Rows that are in sight at once. */
  readonly page: number;
  readonly count: number;
}

/** The row to which a key moves; undefined where it is no key that moves. */
export const rowAfterKey = (key: string, { index, page, count }: Place): number | undefined => {
  const within = (wanted: number): number => Math.max(0, Math.min(count - 1, wanted));
  switch (key) {
    case 'ArrowDown':
      return within(index + 1);
    case 'ArrowUp':
      return within(index - 1);
    case 'PageDown':
      return within(index + page);
    case 'PageUp':
      return within(index - page);
    case 'Home':
      return 0;
    case 'End':
      return within(count - 1);
    default:
      return undefined;
  }
};
