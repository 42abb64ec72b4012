/** Counted up when the same events make other rows: a database of other rules is made anew from the log. */
export const projectionRules = 4;
