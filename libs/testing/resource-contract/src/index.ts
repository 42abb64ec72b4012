export * from './describe-resource.ts';
export * from './fixture.ts';
export * from './stage.ts';
