export { describeCopyLaws, describeEngineLaws } from './describe-engine-laws.ts';
export type { GivenRow } from './scene.ts';
export type { SweepMeta } from './laws/sweep-crashes.ts';
export { memoryCloud, type MemoryCloud, type MemoryCloudOptions } from './memory-cloud.ts';
