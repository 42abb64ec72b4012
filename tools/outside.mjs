/** Stays outside: better-sqlite3 loads a native file beside itself. */
const native = ['better-sqlite3'];

/** What Nest and MikroORM ask for in vain, and then do without: must stay outside, for it is not installed. */
const absent = [
  '@fastify/static',
  '@fastify/view',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  '@mikro-orm/cli',
  '@mikro-orm/entity-generator',
  '@mikro-orm/seeder',
  '@nestjs/websockets',
  'amqp-connection-manager',
  'amqplib',
  'cache-manager',
  'class-transformer/storage',
  'ioredis',
  'kafkajs',
  'mqtt',
];

/** What no bundle holds. */
export const outside = new RegExp(`^(${[...native, ...absent].join('|')})(/|$)`);
