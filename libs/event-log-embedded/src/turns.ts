/** One at a time, in the order of asking: who serves a durable subscription. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when everything asked for before it under the same name has ended. */
  take(name: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#last.set(name, ended);
    return turn;
  }
}
