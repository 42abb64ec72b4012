export * from './compare-clouds.ts';
export * from './count-uncovered.ts';
export * from './look-at-cloud.ts';
export * from './survey-route.ts';
export * from './uncovered-kinds.ts';
