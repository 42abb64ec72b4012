import { failureRecord } from '@osm/kernel';
import {
  ClientProxy,
  Server,
  type CustomTransportStrategy,
  type PacketId,
  type ReadPacket,
  type WritePacket,
} from '@nestjs/microservices';

/** Requests within one process: Nest's own patterns and controllers, without a network in between. */
export class EmbeddedServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('osm.embedded');

  listen(ready: () => void): void {
    ready();
  }

  close(): void {}

  override on(): this {
    return this;
  }

  override unwrap<T>(): T {
    throw new TypeError('the embedded transport has nothing beneath it');
  }

  /** Hands one request to the controller that answers it. */
  async take(pattern: string, data: unknown, reply: (packet: WritePacket) => void): Promise<void> {
    const handler = this.getHandlerByPattern(pattern);
    if (handler === null) {
      reply({ err: nobody(pattern), isDisposed: true });
      return;
    }
    try {
      const answers = this.transformToObservable(await handler(data));
      this.send(answers, reply);
    } catch (error) {
      // Nobody waits for this method, only for the reply.
      reply({ err: failureRecord(error), isDisposed: true });
    }
  }
}

const nobody = (pattern: string): object => ({
  code: 'nobody-answers',
  message: `nobody in this process answers ${pattern}`,
  remedy: 'Start the service that does, or give the URL of the NATS server where it runs.',
});

/** The other end of `EmbeddedServer`. */
export class EmbeddedClient extends ClientProxy {
  constructor(private readonly server: EmbeddedServer) {
    super();
  }

  override async connect(): Promise<void> {}

  override close(): void {}

  override unwrap<T>(): T {
    throw new TypeError('the embedded transport has nothing beneath it');
  }

  protected override publish(packet: ReadPacket & Partial<PacketId>, reply: (packet: WritePacket) => void): () => void {
    void this.server.take(String(packet.pattern), packet.data, reply);
    return () => undefined;
  }

  protected override dispatchEvent(): Promise<never> {
    throw new TypeError('events go through the event log, never through this transport');
  }
}
