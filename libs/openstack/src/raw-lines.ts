import { once } from 'node:events';
import type { CloudConfig } from './cloud-config.ts';
import { idleMs, tlsOptions, watch, type ConnectionLimits } from './connections.ts';
import { gate, type Gate } from './gate.ts';
import { closedFailure } from './wire.ts';
import { openLine, type Line, type LineListener, type LineMemory } from './raw-line.ts';

/** A line for one request, and the way to be done with it. */
export interface TakenLine {
  readonly line: Line;
  /** Gives it back; `clean`: for the next one. Otherwise it is broken. */
  done(clean: boolean): void;
}

/** Lines to the services of one cloud, used again where they are clean. */
export interface Lines {
  /**
   * A line that stands, to where a URL leads. Waits where there are as many as may be. One that was used may just be closing:
   * `mayBeUsed` says that what is lost on it can be sent again.
   */
  take(url: URL, signal: AbortSignal | undefined, mayBeUsed: boolean): Promise<TakenLine>;
  /** Whether an error came before anything could be sent on its line. */
  neverSent(error: unknown): boolean;
  /** Breaks all of them. */
  close(): void;
}

export const openLines = (cloud: string, config: CloudConfig, limits: ConnectionLimits, memory: LineMemory): Lines => {
  const tls = tlsOptions(cloud, config);
  const errors = new WeakSet<Error>();
  const gates = new Map<string, Gate>();
  const idle = new Map<string, Line[]>();
  const all = new Set<Line>();
  let closed = false;
  const mustBeOpen = (): void => {
    if (closed) throw closedFailure(cloud);
  };
  const gateOf = (origin: string): Gate => {
    const made = gates.get(origin) ?? gate(limits.maxSockets);
    gates.set(origin, made);
    return made;
  };

  const connected = async (url: URL, signal: AbortSignal | undefined): Promise<Line> => {
    const line = openLine(url, tls, memory);
    const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
    all.add(line);
    line.socket.once('close', () => all.delete(line));
    watch(line.socket, ready, limits, errors);
    try {
      await once(line.socket, ready, signal && { signal });
      mustBeOpen();
      return line;
    } catch (error) {
      line.socket.destroy();
      mustBeOpen();
      throw signal?.aborted === true ? signal.reason : error;
    }
  };

  const rest = (line: Line, origin: string): void => {
    const lines = idle.get(origin) ?? [];
    const forget = (): void => void idle.set(origin, idle.get(origin)?.filter((each) => each !== line) ?? []);
    const leave = (): void => {
      forget();
      line.socket.destroy();
    };
    // What an idle line says belongs to nothing: such a line is not used again.
    const listener: LineListener = { bytes: leave, ended: leave, failed: forget, silent: leave };
    line.listen(listener);
    line.limit(idleMs);
    line.want(true);
    idle.set(origin, [...lines, line]);
  };

  return {
    take: async (url, signal, mayBeUsed) => {
      mustBeOpen();
      const leave = await gateOf(url.origin).enter(signal);
      try {
        mustBeOpen();
        const used = mayBeUsed ? idle.get(url.origin)?.pop() : undefined;
        const line = used ?? (await connected(url, signal));
        return {
          line,
          done: (clean) => {
            leave();
            if (clean && !line.socket.destroyed) rest(line, url.origin);
            else line.socket.destroy();
          },
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
    neverSent: (error) => error instanceof Error && errors.has(error),
    close: () => {
      closed = true;
      for (const line of all) line.break(new Error('its connections are closed'));
    },
  };
};
