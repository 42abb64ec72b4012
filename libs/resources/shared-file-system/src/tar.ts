/** What a copy leaves where it is: what file servers put at the top of every export of theirs. */
export const ofTheServer = ['./lost+found', './.snapshot', './.zfs'];

const attributes = [
  '--acls',
  '--xattrs',
  '--xattrs-include=user.*',
  '--xattrs-include=trusted.*',
  '--xattrs-include=security.capability',
  '--numeric-owner',
];

/** GNU tar's arguments that write a directory to standard output, entries in the order of their names. */
export const archive = (directory: string): readonly string[] => [
  '--create',
  '--file=-',
  `--directory=${directory}`,
  '--format=posix',
  // When something was read is nothing that could be the same on both sides.
  '--pax-option=delete=atime,delete=ctime',
  '--sort=name',
  '--anchored',
  '--no-wildcards',
  ...ofTheServer.map((path) => `--exclude=${path}`),
  ...attributes,
];

/** Those that make of such a stream a directory again. */
export const restore = (directory: string): readonly string[] => [
  '--extract',
  '--file=-',
  `--directory=${directory}`,
  '--same-owner',
  '--same-permissions',
  '--delay-directory-restore',
  ...attributes,
];

/** What to do about a complaint of tar. */
export const tarRemedy = (complaint: string): string => {
  if (/Cannot change ownership|Operation not permitted/.test(complaint)) {
    return 'The share’s server must not map root to somebody else for this host (no_root_squash): owners cannot be kept otherwise. Then retry.';
  }
  if (/No space left|Disk quota/.test(complaint)) return 'Extend the twin at the destination, then retry.';
  if (/unrecognized option|invalid option/.test(complaint)) return 'Install GNU tar on this host, then retry.';
  return 'Look at the shares’ servers and this host’s kernel log, then retry.';
};
