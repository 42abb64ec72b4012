/** Manila 2.45: the lowest that has metadata of access rules, descriptions of types and all that we write. */
export const writeVersion = '2.45';
