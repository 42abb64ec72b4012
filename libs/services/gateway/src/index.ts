export * from './gateway-http.ts';
export * from './gateway.module.ts';
export * from './problem.ts';
