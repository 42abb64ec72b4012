export * from './clock.ts';
export * from './failure.ts';
export * from './json.ts';
export * from './marker.ts';
export * from './ref.ts';
export * from './route.ts';
export * from './subject.ts';
export * from './trace.ts';
