export * from './classify.ts';
export * from './collect.ts';
export * from './look-for-marks.ts';
export * from './marks.ts';
export * from './prove-twins.ts';
export * from './recorded.ts';
export * from './sighting.ts';
