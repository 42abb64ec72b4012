import { Failure } from '@osm/kernel';
import { objectPath } from './container-name.ts';
import { copyObject, headOf, onlyOver, type Copied, type Copier, type Over } from './copy-object.ts';
import { sentHeaders } from './object-headers.ts';

/** Copies a link as such; what it leads to has the same name in the twin of its account. */
export const copyLink = async (copier: Copier, container: string, name: string, over: Over): Promise<Copied> => {
  const { source, destination, signal, twinOf } = copier;
  const headers = await headOf(source, container, name, 'itself', signal);
  if (headers === undefined) return 'gone';
  const target = headers['x-symlink-target'];
  if (target === undefined) return copyObject(copier, container, name, over);
  const account = headers['x-symlink-target-account'];
  const etag = headers['x-symlink-target-etag'];
  const twin = account === undefined ? undefined : accountTwin(account, twinOf);
  if (account !== undefined && twin === undefined) throw foreignLink(container, name, account);
  const link = {
    'x-symlink-target': target,
    ...(twin === undefined ? {} : { 'x-symlink-target-account': twin }),
    ...(etag === undefined ? {} : { 'x-symlink-target-etag': etag }),
  };
  const path = objectPath(container, name);
  const sent = { ...sentHeaders(headers), ...link, ...onlyOver(over) };
  const accept = over === 'nothing' ? [412] : [];
  const request = { method: 'PUT', path, headers: sent, body: '', accept } as const;
  return (await destination.send('object-store', request, signal)).status === 412 ? 'kept' : 'copied';
};

/** `AUTH_<project id>`, with whatever prefix the cloud has. */
const accountTwin = (account: string, twinOf: Copier['twinOf']): string | undefined => {
  const projectId = account.slice(account.indexOf('_') + 1);
  const twin = twinOf({ type: 'project', id: projectId });
  return twin === undefined ? undefined : account.replace(projectId, twin);
};

const foreignLink = (container: string, name: string, account: string): Failure =>
  new Failure(
    'missing-twin',
    `cannot copy object ${name} of container ${container}: it is a link into account ${account}, whose project has no twin`,
    { remedy: 'Migrate that project first, or delete the link.' },
  );
