/** Exchanges that are not recorded as ended, with their tries: what a checkpoint must carry on. */
import type { SpendNote } from '../gateway/ports.ts';
import type { KeptExchange, KeptTry } from './journal-lines.ts';
import { requestIdOf } from './journal-replay.ts';
import type { NamedColumns } from './row.ts';

interface Running {
  opened: NamedColumns | undefined;
  readonly tries: Map<string, KeptTry>;
}

export class RunningExchanges {
  readonly #running = new Map<string, Running>();

  add({ id, opened, tries }: KeptExchange): void {
    this.#running.set(id, { opened, tries: new Map(tries.map((one) => [one.dispatched.id, one])) });
  }

  opened(id: string, row: NamedColumns): void {
    this.#of(id).opened ??= row;
  }

  closed(id: string): void {
    this.#running.delete(id);
  }

  /** `false`: of an exchange that is known, and no budget counts it. */
  noted(note: SpendNote): boolean {
    if (note.kind === 'dispatched') {
      const running = this.#of(requestIdOf(note.id));
      if (!running.tries.has(note.id)) running.tries.set(note.id, { dispatched: note });
      return running.opened === undefined || note.counts.length > 0;
    }
    return note.kind === 'ended' || note.kind === 'extended' ? this.#changed(note) : true;
  }

  list(): KeptExchange[] {
    return [...this.#running].map(([id, { opened, tries }]) => ({ id, opened, tries: [...tries.values()] }));
  }

  #changed(note: Extract<SpendNote, { kind: 'ended' | 'extended' }>): boolean {
    const id = requestIdOf(note.id);
    const running = this.#running.get(id);
    const one = running?.tries.get(note.id);
    if (running === undefined || one === undefined) return true;
    const changed =
      note.kind === 'ended'
        ? { ...one, ended: note }
        : { ...one, dispatched: { ...one.dispatched, bound: note.bound } };
    running.tries.set(note.id, changed);
    // Of one that was never opened no close will come.
    if (running.opened === undefined && [...running.tries.values()].every(({ ended }) => ended !== undefined))
      this.#running.delete(id);
    return running.opened === undefined || one.dispatched.counts.length > 0;
  }

  #of(id: string): Running {
    let running = this.#running.get(id);
    if (running === undefined) {
      running = { opened: undefined, tries: new Map() };
      this.#running.set(id, running);
    }
    return running;
  }
}
