/** Reads server-sent events as they come: any split of the bytes gives the same events. */

/** One event holds a picture at most; what is longer is no event. */
const maxEventChars = 16 * 1024 * 1024;

/** What `push` throws when an event does not end. */
export class EventTooLong extends Error {}

/** Lines end in LF, CRLF or CR, a blank one ends an event, one space after the colon is dropped (HTML standard, 9.2.6). */
export class EventReader {
  readonly #decoder = new TextDecoder();
  /** Of the line that has not ended. */
  #pieces: string[] = [];
  #chars = 0;
  #lastWasCr = false;
  /** Of the event that has not ended. */
  #data: string[] = [];

  /** The data of the events that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What was left without its blank line. */
  end(): string[] {
    return this.#read(`${this.#decoder.decode()}\n\n`);
  }

  #read(text: string): string[] {
    const events: string[] = [];
    let from = this.#lastWasCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#lastWasCr = text.endsWith('\r');
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#pieces.push(text.slice(from, end.index));
      from = ends.lastIndex;
      const data = this.#line(this.#pieces.join(''));
      this.#pieces = [];
      if (data !== undefined) events.push(data);
    }
    const rest = text.slice(from);
    if (rest !== '') {
      this.#pieces.push(rest);
      this.#grow(rest.length);
    }
    return events;
  }

  #line(line: string): string | undefined {
    if (line === '') {
      const { length } = this.#data;
      const data = this.#data.join('\n');
      this.#data = [];
      this.#chars = 0;
      return length === 0 ? undefined : data;
    }
    if (line.startsWith('data:')) {
      const data = line.slice(line.startsWith('data: ') ? 6 : 5);
      this.#data.push(data);
      this.#grow(data.length);
    }
    return undefined;
  }

  #grow(chars: number): void {
    this.#chars += chars;
    if (this.#chars > maxEventChars) throw new EventTooLong('One event of the answer is too long.');
  }
}
