/** The client's side of an exchange whose content is recorded: what goes out is copied, within bounds. */
import type { ServerResponse } from 'node:http';
import { ClientWriter, type HeaderList } from './client-writer.ts';

/** An answer longer than this is recorded up to here: some tens of thousands of tokens as events. */
const maxAnswerBytes = 8 * 1024 * 1024;
/** Of all answers that are under way: eight of the longest, or some thousands of those of a chat. */
const maxRoomBytes = 64 * 1024 * 1024;
/** A chat's answer has a few kilobytes. What comes in small chunks is copied side by side, for each holds a whole read buffer. */
const firstBlockBytes = 8 * 1024;
const blockBytes = 64 * 1024;

/** Room for the copies of all answers that are under way. */
export class CopyRoom {
  #free: number;

  constructor(bytes: number = maxRoomBytes) {
    this.#free = bytes;
  }

  get freeBytes(): number {
    return this.#free;
  }

  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}

export class RecordingWriter extends ClientWriter {
  readonly #copy: Copy;
  #isCopying = false;

  constructor(response: ServerResponse, room: CopyRoom) {
    super(response);
    this.#copy = new Copy(room);
  }

  /** From now on what goes out is copied, if it is text. Until `takeCopy`, which must follow. */
  startCopy(): void {
    this.#isCopying = true;
  }

  /**
   * What went out since `startCopy`, and nothing is copied any more; `undefined` when there was nothing, or no text. Of an
   * answer that was too long it is the beginning and a line that says so.
   */
  takeCopy(): Buffer | undefined {
    this.#isCopying = false;
    return this.#copy.take();
  }

  override head(status: number, headers: HeaderList, options: { readonly keepWaiting?: boolean } = {}): void {
    if (!this.headSent && !isTextIn(headers)) this.#isCopying = false;
    super.head(status, headers, options);
  }

  override write(bytes: Buffer | string): boolean {
    const before = this.bytes;
    const free = super.write(bytes);
    if (this.#isCopying && this.bytes !== before) this.#copy.add(bytes);
    return free;
  }

  override end(bytes?: Buffer | string): void {
    const before = this.bytes;
    super.end(bytes);
    if (this.#isCopying && bytes !== undefined && this.bytes !== before) this.#copy.add(bytes);
  }
}

/** Whether a body of this kind can be shown as text. */
export function isTextType(contentType: string | undefined): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || /[/+](?:json|x-ndjson|ndjson|xml)$/.test(type);
}

function isTextIn(headers: HeaderList): boolean {
  return isTextType(headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]);
}

class Copy {
  readonly #room: CopyRoom;
  #blocks: Buffer[] = [];
  /** Where the last block is filled up to. */
  #end = 0;
  #roomBytes = 0;
  #missedBytes = 0;

  constructor(room: CopyRoom) {
    this.#room = room;
  }

  add(bytes: Buffer | string): void {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
    let at = 0;
    while (at < chunk.length) {
      const block = this.#openBlock();
      if (block === undefined) break;
      const copied = chunk.copy(block, this.#end, at);
      at += copied;
      this.#end += copied;
    }
    this.#missedBytes += chunk.length - at;
  }

  take(): Buffer | undefined {
    const last = this.#blocks.length - 1;
    const pieces = this.#blocks.map((block, index) => (index === last ? block.subarray(0, this.#end) : block));
    if (this.#missedBytes > 0)
      pieces.push(Buffer.from(`\n[${this.#missedBytes} more bytes of this answer were not recorded]\n`));
    this.#room.give(this.#roomBytes);
    this.#blocks = [];
    this.#end = this.#roomBytes = this.#missedBytes = 0;
    return pieces.length === 0 ? undefined : Buffer.concat(pieces);
  }

  /** One with room in it; `undefined` once something was missed, so that there is no hole in what is recorded. */
  #openBlock(): Buffer | undefined {
    const block = this.#blocks.at(-1);
    if (block !== undefined && this.#end < block.length) return block;
    const bytes = Math.min(block === undefined ? firstBlockBytes : blockBytes, maxAnswerBytes - this.#roomBytes);
    if (this.#missedBytes > 0 || bytes === 0 || !this.#room.take(bytes)) return undefined;
    const opened = Buffer.allocUnsafeSlow(bytes);
    this.#roomBytes += bytes;
    this.#blocks.push(opened);
    this.#end = 0;
    return opened;
  }
}
