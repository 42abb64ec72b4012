import type { Json } from '@osm/kernel';

/** Whether a status says that it is done. */
export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** Whether a status is what the caller takes for a success. */
export const isSuccess = (status: number, accept: readonly number[]): boolean =>
  isGood(status) || accept.includes(status);

/** The kind of refusals and of uploads' answers is not always declared. */
export const jsonOrText = (text: string): Json => {
  if (text === '') return null;
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};
