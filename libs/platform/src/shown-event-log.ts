/** The event log's URL as people may read it: without users, passwords and tokens, also where it is no URL at all. */
export const shownEventLog = (eventLog: string): string =>
  eventLog
    .split(',')
    .map((one) => one.trim().replace(/^([\w+.-]*:?\/\/)?.*@/, '$1'))
    .join(',');
