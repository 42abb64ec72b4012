import type { Finding } from '@osm/contracts';
import type { Io } from './io.ts';
import { counted } from './words.ts';

/** Why there is no plan: every reason with its remedy, on the standard error. */
export const printRejection = (io: Io, findings: readonly Finding[]): void => {
  const errors = findings.filter(({ severity }) => severity === 'error');
  io.err(`openstack-migrate: no plan can be made, for ${counted(errors.length, 'reason')}; nothing was created\n`);
  for (const { message, remedy } of errors) io.err(`- ${message}. ${remedy}\n`);
};
