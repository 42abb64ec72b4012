import { decodeToken, encodeToken } from '@osm/kernel';

/** The subjects of all commands of a queue. */
export const queueFilter = (queue: string): string => `osm.cmd.${queue}.>`;

/** The subject of one command: the key's parts, separated by dots, stay apart, so that people and permissions see them. */
export const commandSubject = (queue: string, key: string): string =>
  ['osm', 'cmd', queue, ...key.split('.').map(encodeToken)].join('.');

/** The inverse of `commandSubject`. */
export const keyOf = (subject: string): string => subject.split('.').slice(3).map(decodeToken).join('.');
