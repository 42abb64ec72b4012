export * from './describe-payload.ts';
export * from './open-pattern-peer.ts';
export * from './open-spoiled-clouds.ts';
export * from './open-road.ts';
export * from './payload-driver.ts';
