/** A value as people read it: texts and numbers as they are, what is nested as JSON, and what is empty by a word. */
export const attributeText = (value: unknown): string => {
  if (value === '') return '(empty text)';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length === 0) return '[]';
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 1) : String(value);
};
