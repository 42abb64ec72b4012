type Given<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

/** Those members that are there: what is absent in a query is absent in the request. */
export const given = <Members extends object>(members: Members): Given<Members> =>
  // Without the undefined ones it is what the type says, which the checker cannot see.
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<Members>;
