/** The name below which the browser keeps it. */
const key = 'openstack-migrate.token';

/** Where the page keeps the token: this tab alone, until the tab is closed. */
export const tokenStore = {
  read: (): string | undefined => sessionStorage.getItem(key) ?? undefined,
  write: (token: string): void => sessionStorage.setItem(key, token),
  forget: (): void => sessionStorage.removeItem(key),
} as const;
