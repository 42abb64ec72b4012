export * from './nats-server-binary.ts';
export * from './start-holding-relay.ts';
export * from './start-nats-server.ts';
export * from './start-rough-road.ts';
export * from './start-tcp-relay.ts';
