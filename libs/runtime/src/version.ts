/** The version of this build, as events and the user agent tell it. */
export const version = '0.1.0';
