import type { Scene } from './stage.ts';

/** What a command of a person came to. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end. */
export const ended = async (scene: Scene, config: string, ...args: readonly string[]): Promise<Ended> => {
  const run = await scene.command(config, ...args);
  return { code: await run.ended, output: run.output() };
};

/** The same, where only success will do. */
export const succeed = async (scene: Scene, config: string, ...args: readonly string[]): Promise<string> => {
  const { code, output } = await ended(scene, config, ...args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
};

/** `start` of the whole shop. */
export const startShop = (scene: Scene, config: string): Promise<Ended> => {
  const whole = ['--include-dependencies', '--include-members'];
  return ended(scene, config, 'start', '--resource-type', 'domain', ...whole, scene.shop.domainId);
};
