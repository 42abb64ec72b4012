export { cloudConfig } from './cloud-config.ts';
export type { CloudConfig, ConfigSource, Credential, DomainRef, Scope, UserRef } from './cloud-config.ts';
export { loadClouds } from './load-clouds.ts';
export type { LoadCloudsOptions } from './load-clouds.ts';
export { openCloud } from './open-cloud.ts';
export type { OpenCloud, OpenCloudOptions } from './open-cloud.ts';
export { parseClouds } from './parse-clouds.ts';
export type { Clouds, CloudsTexts, ConfigText } from './parse-clouds.ts';
export type { RequestRecord } from './wire.ts';
