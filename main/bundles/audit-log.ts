/** What was done about bundles, as JSON lines of which each holds the hash of the one before: what was taken out shows (BND-90). */
import { dirname } from 'node:path';
import type { BundleAuditEntry } from '../../shared/contract/bundles.ts';
import type { LogPort } from '../gateway/ports.ts';
import { withLock } from '../kit/atomic-file.ts';
import type { Clock } from '../kit/clock.ts';
import { AuditHead } from './audit-head.ts';
import {
  addLines,
  filesOf,
  isFull,
  linesOf,
  mendTail,
  oldestAfterTurn,
  syncFile,
  tailOf,
  turn,
} from './audit-files.ts';
import { firstLink, lineOf, parseLine, type AuditRecord, type Link } from './audit-line.ts';
import { makeStore } from './store-files.ts';

export interface AuditFact {
  /** `fetch`, `verify`, `activate`, `reject`, `approve`, `override`, `exception`, `enrol`, `leave`. */
  readonly action: string;
  readonly bundle: string | null;
  readonly version: string | null;
  /** For people; never a secret. */
  readonly detail: string;
}

export interface AuditLog {
  /** Never rejects: what could not be written is told to the log, and how many there were with the next entry. */
  append(fact: AuditFact): Promise<void>;
  /** The newest first. `intact`: no entry was changed or taken out, as far as files are kept. */
  read(limit: number): Promise<{ readonly entries: readonly BundleAuditEntry[]; readonly intact: boolean }>;
  /** Makes what was written durable. */
  close(): Promise<void>;
}

export interface AuditLogOptions {
  /** `bundles/audit.jsonl`; older ones get a number. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: LogPort;
  /** After so much a new file is begun. Default 5 MiB. */
  readonly maxBytes?: number | undefined;
}

const defaultMaxBytes = 5 * 1_048_576;
/** Entries come in bursts: one fsync for all of them. */
const syncAfterMs = 1_000;
const maxDetailChars = 2_000;
const maxNameChars = 200;
/** While the disk is full. */
const maxWaiting = 1_000;

export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const audit = new ChainedLog(options);
  await audit.open();
  return audit;
}

class ChainedLog implements AuditLog {
  readonly #options: AuditLogOptions;
  readonly #head: AuditHead;
  readonly #waiting: AuditRecord[] = [];
  #lost = 0;
  #queue: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #unsynced: Link | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#head = new AuditHead(`${options.file}.head`);
  }

  async open(): Promise<void> {
    const { file, log } = this.#options;
    try {
      await makeStore(dirname(file));
    } catch (error) {
      log.error('the audit log of bundles cannot be opened', { file, error });
    }
  }

  append({ action, bundle, version, detail }: AuditFact): Promise<void> {
    const at = new Date(this.#options.clock.now()).toISOString();
    const short = (text: string | null): string | null => text?.slice(0, maxNameChars) ?? null;
    if (this.#waiting.length >= maxWaiting) this.#lost += 1;
    else
      this.#waiting.push({
        ...{ at, action: action.slice(0, maxNameChars), bundle: short(bundle), version: short(version) },
        detail: detail.slice(0, maxDetailChars),
      });
    return this.#inTurn(() => this.#writeWaiting());
  }

  async read(limit: number): Promise<{ readonly entries: readonly BundleAuditEntry[]; readonly intact: boolean }> {
    let result = { entries: [] as readonly BundleAuditEntry[], intact: false };
    await this.#inTurn(async () => {
      await this.#sync();
      result = await withLock(this.#options.file, () => this.#check(limit));
    });
    return result;
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#sync());
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(run).catch((error: unknown) => {
      this.#options.log.error('the audit log of bundles cannot be written', { file: this.#options.file, error });
    });
    return this.#queue;
  }

  async #writeWaiting(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const { file, clock, maxBytes = defaultMaxBytes } = this.#options;
    // Apps take turns, and each goes on where the file ends by then.
    await withLock(file, async () => {
      const at = new Date(clock.now()).toISOString();
      const own = (action: string, detail: string): AuditRecord => ({
        at,
        action,
        bundle: null,
        version: null,
        detail,
      });
      // A log without its head was tampered with, or never begun.
      if ((await this.#head.read()) === undefined && (await filesOf(file)).length === 0)
        await this.#head.write(1, firstLink);
      let link = await this.#lastLink();
      const torn = await mendTail(file);
      if (torn > 0) this.#waiting.unshift(own('mended', `A crash had left ${String(torn)} bytes of an entry.`));
      const lost = this.#lost;
      if (await isFull(file, maxBytes)) {
        await syncFile(file);
        // The head first: after a crash in between there is more than it says, and never less.
        await this.#head.write(await firstSeq(await oldestAfterTurn(file)), link);
        await turn(file);
      }
      const known = this.#waiting.length;
      const records = this.#waiting.slice();
      if (lost > 0) records.push(own('lost', `${String(lost)} entries could not be written.`));
      const lines: string[] = [];
      for (const record of records) {
        const next = lineOf(record, link);
        lines.push(next.line);
        link = next.link;
      }
      await addLines(file, lines);
      // Others may have come meanwhile: their turn is next.
      this.#waiting.splice(0, known);
      this.#lost -= lost;
      this.#syncSoon(link);
    });
  }

  /** Of what the newest file ends with, without what a crash tore. */
  async #lastLink(): Promise<Link> {
    for (const file of (await filesOf(this.#options.file)).toReversed()) {
      const parsed = parseLine(await tailOf(file));
      if (parsed !== undefined) return parsed.link;
    }
    return (await this.#head.read())?.last ?? firstLink;
  }

  #syncSoon(link: Link): void {
    this.#unsynced = link;
    this.#timer ??= setTimeout(() => void this.close(), syncAfterMs).unref();
  }

  async #sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const link = this.#unsynced;
    if (link === undefined) return;
    this.#unsynced = undefined;
    const { file } = this.#options;
    await withLock(file, async () => {
      await syncFile(file);
      const head = await this.#head.read();
      // Another app may have got further.
      if (head !== undefined && head.last.seq < link.seq) await this.#head.write(head.firstSeq, link);
    });
  }

  async #check(limit: number): Promise<{ readonly entries: readonly BundleAuditEntry[]; readonly intact: boolean }> {
    const head = await this.#head.read();
    const files = await filesOf(this.#options.file);
    if (head === undefined && files.length === 0) return { entries: [], intact: true };
    const entries: BundleAuditEntry[] = [];
    let intact = head !== undefined;
    let reachedHead = head?.last.seq === 0;
    let previous: Link | undefined;
    for (const file of files) {
      for await (const line of linesOf(file)) {
        const parsed = parseLine(line);
        if (parsed === undefined) {
          intact = false;
          continue;
        }
        const { record, link } = parsed;
        // The oldest that is kept may be chained to one that is not; the first of all is chained to nothing.
        const start =
          link.seq > 1 && link.seq <= (head?.firstSeq ?? 1) ? { seq: link.seq - 1, hash: parsed.before } : firstLink;
        const expected = previous ?? start;
        if (link.seq !== expected.seq + 1 || parsed.before !== expected.hash) intact = false;
        if (link.seq === head?.last.seq && link.hash === head.last.hash) reachedHead = true;
        previous = link;
        entries.push({ ...record, hash: link.hash });
        if (entries.length > limit) entries.shift();
      }
    }
    return { entries: entries.toReversed(), intact: intact && reachedHead };
  }
}

async function firstSeq(file: string): Promise<number> {
  for await (const line of linesOf(file)) return parseLine(line)?.link.seq ?? 1;
  return 1;
}
