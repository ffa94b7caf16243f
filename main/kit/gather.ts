/** Puts a body together from the chunks it arrives in. */

/** Chunks below this size are copied side by side: kept one by one, each costs more than its bytes and holds the whole read buffer it is a view of. */
const smallBytes = 16 * 1024;
const blockBytes = 16 * 1024;

/** Bytes in order of arrival. A body sent a byte at a time takes no more room than one sent at once. */
export class Gatherer {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Where small chunks are put: the bytes from `#start` to `#end` belong behind the last piece. */
  #block: Buffer | undefined;
  #start = 0;
  #end = 0;

  get sizeBytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    // The first one is nearly always the only one.
    if (this.#bytes === 0 || chunk.length >= smallBytes) {
      this.#closeBlock();
      this.#pieces.push(chunk);
      this.#bytes += chunk.length;
      return;
    }
    this.#bytes += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      if (this.#block === undefined || this.#end === this.#block.length) this.#openBlock();
      const block = this.#block as Buffer;
      const copied = chunk.copy(block, this.#end, at);
      at += copied;
      this.#end += copied;
    }
  }

  /** All of it in one buffer; what was gathered is forgotten. */
  take(): Buffer {
    this.#closeBlock();
    const pieces = this.#pieces;
    const whole = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, this.#bytes);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#block = undefined;
    this.#start = 0;
    this.#end = 0;
  }

  #openBlock(): void {
    this.#closeBlock();
    this.#block = Buffer.allocUnsafeSlow(blockBytes);
    this.#start = 0;
    this.#end = 0;
  }

  #closeBlock(): void {
    if (this.#block === undefined || this.#end === this.#start) return;
    this.#pieces.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
