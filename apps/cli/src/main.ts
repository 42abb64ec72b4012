import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { processIo } from './io.ts';
import { run } from './run.ts';

// What a command loads is compiled once for each version, which takes longer than anything that `list` does.
const { env } = process;
if (!env['NODE_DISABLE_COMPILE_CACHE']) {
  enableCompileCache(path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'openstack-migrate'));
}

process.exitCode = await run(process.argv.slice(2), processIo());
// Whatever a command that failed has left open must not keep its process; nothing is waited for where nothing is left.
setTimeout(() => process.exit(), 3000).unref();
