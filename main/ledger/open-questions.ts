/** Questions that the worker has not answered yet. */

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class OpenQuestions {
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  /** Asks by way of `post`, which gets the number that the answer comes back with. */
  async ask<Answer>(post: (id: number) => void): Promise<Answer> {
    const id = (this.#count += 1);
    return new Promise<Answer>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      post(id);
    });
  }

  answered(id: number, value: unknown): void {
    this.#take(id)?.resolve(value as never);
  }

  refused(id: number, reason: string): void {
    this.#take(id)?.reject(new Error(reason));
  }

  /** Nobody is left to answer. */
  refuseAll(reason: string): void {
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }
}
