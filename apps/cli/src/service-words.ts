/** OpenStack's projects by their service types: what the Python tool calls services. */
const projects: { readonly [service: string]: string } = {
  identity: 'keystone',
  image: 'glance',
  'block-storage': 'cinder',
  network: 'neutron',
  compute: 'nova',
  'key-manager': 'barbican',
  dns: 'designate',
  'load-balancer': 'octavia',
  'shared-file-system': 'manila',
  'object-store': 'swift',
};

/** `neutron` for `network`; what has no other word stays as it is. */
export const projectOf = (service: string): string => projects[service] ?? service;

/** `network` for `neutron` and for `network`. */
export const serviceOf = (word: string): string => {
  const asked = word.toLowerCase();
  return Object.entries(projects).find(([, project]) => project === asked)?.[0] ?? asked;
};

/** Every word that names a service. */
export const serviceWords: readonly string[] = Object.entries(projects).flat();
