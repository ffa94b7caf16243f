/** Where every value in force comes from: collected while it is put together, asked for by pointer (BND-35). */
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import type { OwnConfig } from '../../config/team-layer.ts';
import type { ConfigPath } from '../../config/problems.ts';
import { lineOf, noteOf, originOf, type Source } from './parts.ts';

/** What does not hold of what the config file says, and who else had a say. */
export interface Beside {
  readonly yours?: unknown;
  readonly others?: readonly string[];
}

export class Provenance {
  readonly entries: ProvenanceEntry[] = [];
  readonly locked = new Map<string, ProvenanceEntry>();
  readonly suggested = new Map<string, ProvenanceEntry>();
  readonly #own: OwnConfig;

  constructor(own: OwnConfig) {
    this.#own = own;
  }

  /** What a bundle says. `locks`: the pointer into the config file whose value cannot weaken it; of a suggestion, what it fills. */
  bundle(source: Source, value: unknown, beside: Beside = {}, locks?: string): ProvenanceEntry {
    const entry = entryOf(source, value, beside);
    this.entries.push(entry);
    if (locks !== undefined) (entry.mode === 'enforced' ? this.locked : this.suggested).set(locks, entry);
    return entry;
  }

  /** What the config file says at a path. */
  user(pointer: string, value: unknown, path: ConfigPath, beside: Beside = {}): void {
    const origin = this.#own.origin(path);
    this.entries.push({ ...blank(pointer, value, 'user'), origin, line: lineIn(origin), ...besides(beside) });
  }

  /** What is built in. */
  app(pointer: string, value: unknown): void {
    this.entries.push(blank(pointer, value, 'app'));
  }

  /** What the config file says, or what is built in. */
  own(pointer: string, value: unknown, path: ConfigPath): void {
    if (this.#own.isWritten(path)) this.user(pointer, value, path);
    else this.app(pointer, value);
  }
}

export function entryOf(source: Source, value: unknown, beside: Beside = {}): ProvenanceEntry {
  const { part, pointer } = source;
  const note = noteOf(source);
  const { contact } = part.bundle.payload;
  return {
    ...blank(pointer, value, part.mode),
    bundle: part.name,
    origin: originOf(source),
    line: lineOf(source),
    reason: note?.reason ?? part.because ?? null,
    ref: note?.ref ?? null,
    contact: contact === undefined ? null : { text: contact.text ?? null, url: contact.url ?? null },
    ...besides(beside),
  };
}

function blank(pointer: string, value: unknown, mode: ProvenanceEntry['mode']): ProvenanceEntry {
  const nobody = { bundle: null, origin: null, line: null, reason: null, ref: null, contact: null };
  return { pointer, value, mode, ...nobody, others: [] };
}

function besides({ yours, others = [] }: Beside): Pick<ProvenanceEntry, 'yours' | 'others'> {
  return { others: [...new Set(others)], ...(yours === undefined ? {} : { yours }) };
}

function lineIn(origin: string): number | null {
  const line = /line (\d+)$/.exec(origin)?.[1];
  return line === undefined ? null : Number(line);
}

const parts = /^\/(?:enforced|defaults)(?=\/|$)/;

/** The entry of a value, or of all that stand below it. A pointer may begin with the part of a bundle: `/enforced/models/deny`. */
export function explainPointer(provenance: readonly ProvenanceEntry[], pointer: string): readonly ProvenanceEntry[] {
  const part = parts.exec(pointer)?.[0];
  const asked = pointer.slice(part?.length ?? 0).replace(/\/$/, '');
  const mode = part === '/enforced' ? 'enforced' : 'default';
  const among = part === undefined ? provenance : provenance.filter((one) => one.mode === mode);
  const exact = among.filter((one) => one.pointer === asked);
  return exact.length > 0 ? exact : among.filter((one) => one.pointer.startsWith(`${asked}/`));
}
