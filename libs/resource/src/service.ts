/** The OpenStack services whose resources we migrate, by OpenStack's own service types. */
export const services = [
  'identity',
  'image',
  'block-storage',
  'network',
  'compute',
  'key-manager',
  'dns',
  'load-balancer',
  'shared-file-system',
  'object-store',
] as const;

export type ServiceName = (typeof services)[number];

/** Who runs steps: one migrator per OpenStack service, and the mover of bytes. */
export type StepService = ServiceName | 'data-transfer';
