/** True for tags that fit the filters `tags`, `tags-any`, `not-tags` and `not-tags-any`, which Keystone and Neutron share. */
export function hasTags(query: URLSearchParams, tags: readonly string[]): boolean {
  const asked = (key: string): string[] => query.getAll(key).flatMap((value) => value.split(','));
  const all = asked('tags');
  const any = asked('tags-any');
  const notAll = asked('not-tags');
  const notAny = asked('not-tags-any');
  return (
    all.every((tag) => tags.includes(tag)) &&
    (any.length === 0 || any.some((tag) => tags.includes(tag))) &&
    (notAll.length === 0 || !notAll.every((tag) => tags.includes(tag))) &&
    !notAny.some((tag) => tags.includes(tag))
  );
}
