/** Does one thing after the other, whatever becomes of those before, then raises the first failure. */
export const tryAll = async (...deeds: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const refused: unknown[] = [];
  for (const deed of deeds) {
    try {
      await deed();
    } catch (error) {
      refused.push(error);
    }
  }
  if (refused.length > 0) throw refused[0];
};
