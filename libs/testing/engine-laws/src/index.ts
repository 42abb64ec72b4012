export { describeEngineLaws } from './describe-engine-laws.ts';
export type { GivenRow } from './scene.ts';
