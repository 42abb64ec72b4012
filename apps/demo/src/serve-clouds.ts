import { randomBytes } from 'node:crypto';
import { writeCloudFile } from './cloud-file.ts';
import { lastRequest } from './read-ledger.ts';
import { startClouds } from './start-clouds.ts';

/** Milliseconds before each answer, so that work takes time as it does with real clouds. */
const latencyMs = 5;

/** Minutes without a request after which nobody will come back for the clouds of a demo. */
const idleMinutes = 60;

/** The process of a demo's clouds: runs them until it is told to stop, or until nobody has asked them for an hour. */
export const serveClouds = async (folder: string, demo: number): Promise<void> => {
  const password = randomBytes(12).toString('hex');
  const clouds = await startClouds({ port: 0, latencyMs, adminPassword: password });
  const { source, destination } = clouds;
  await writeCloudFile(folder, {
    pid: process.pid,
    demo,
    password,
    source: { url: source.url, authUrl: source.authUrl },
    destination: { url: destination.url, authUrl: destination.authUrl },
  });
  const stop = (): void => void clouds.close().then(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  let asked = 0;
  setInterval(() => {
    void Promise.all([lastRequest(source.url), lastRequest(destination.url)]).then(([one, other]) => {
      if (one + other === asked) stop();
      asked = one + other;
    });
  }, idleMinutes * 60_000).unref();
};
