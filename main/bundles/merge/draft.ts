/** A config while bundles are applied to it: what it comes to so far, and who wrote which part of it. */
import type { Config } from '../../../shared/config/config.ts';
import type { BundlePlace, OwnConfig } from '../../config/team-layer.ts';
import type { ConfigPath } from '../../config/problems.ts';
import { placeOf, type Part, type Parts, type Source } from './parts.ts';
import { Provenance } from './provenance.ts';

/** Who wrote an entry of a list: a bundle, or the config of the user at an index. */
export type Writer =
  | {
      readonly kind: 'bundle';
      readonly source: Source;
    }
  | { readonly kind: 'own'; readonly index: number };

export interface Written<T> {
  readonly entry: T;
  readonly by: Writer;
  /** Bundles that say the same of the same. */
  readonly others?: readonly Source[] | undefined;
  /** Where the entries of a list inside of it stood, where some were left out: by the name of the list. */
  readonly inner?: readonly number[] | undefined;
}

/** Lists whose entries come from several writers, by their path: `masking/patterns`. */
type ListPath =
  | 'providers'
  | 'routes'
  | 'budgets'
  | 'rate_limits'
  | 'firewall'
  | 'pricing'
  | 'masking/patterns'
  | 'masking/terms'
  | 'masking/detectors'
  | 'masking/overrides'
  | 'masking/exclude/providers'
  | 'masking/exclude/clients';

export class Draft {
  readonly own: OwnConfig;
  readonly parts: Parts;
  readonly told: Provenance;
  config: Config;
  readonly #lists = new Map<string, readonly Written<unknown>[]>();
  readonly #values = new Map<string, Source>();

  constructor(own: OwnConfig, parts: Parts) {
    this.own = own;
    this.parts = parts;
    this.config = own.config;
    this.told = new Provenance(own);
  }

  isWritten(...path: ConfigPath): boolean {
    return this.own.isWritten(path);
  }

  /** The entries of a list that was put together, whose writers are kept. */
  list<T>(path: ListPath, entries: readonly Written<T>[]): T[] {
    this.#lists.set(path, entries);
    return entries.map(({ entry }) => entry);
  }

  /** A bundle wrote this value. */
  value(path: string, source: Source): void {
    this.#values.set(path, source);
  }

  /** Where a value stands in a bundle, if one wrote it. */
  place(path: ConfigPath): BundlePlace | undefined {
    const found = this.#entryAt(path);
    if (found !== undefined)
      return found.written?.by.kind === 'bundle' ? placeOf(found.written.by.source, ...found.rest) : undefined;
    for (let length = path.length; length > 0; length -= 1) {
      const source = this.#values.get(path.slice(0, length).join('/'));
      if (source !== undefined) return placeOf(source, ...path.slice(length));
    }
    return undefined;
  }

  /** The bundles that wrote an entry of a list; none where the user did. */
  writers(path: ConfigPath): readonly Part[] {
    const { by, others = [] } = this.#entryAt(path)?.written ?? {};
    return by?.kind === 'bundle' ? [by.source, ...others].map(({ part }) => part) : [];
  }

  /** Where a value stands in the config of the user. */
  written(path: ConfigPath): ConfigPath {
    const found = this.#entryAt(path);
    if (found?.written?.by.kind !== 'own') return path;
    return [...found.list, found.written.by.index, ...found.rest];
  }

  #entryAt(
    path: ConfigPath,
  ): { list: ConfigPath; written: Written<unknown> | undefined; rest: ConfigPath } | undefined {
    for (let length = 1; length < path.length && length <= 3; length += 1) {
      const list = path.slice(0, length);
      const entries = this.#lists.get(list.join('/'));
      const index = path[length];
      if (entries === undefined || typeof index !== 'number') continue;
      const written = entries[index];
      return { list, written, rest: innerRest(path.slice(length + 1), written?.inner) };
    }
    return undefined;
  }
}

/** `['targets', 1]` as it was before entries were left out. */
function innerRest(rest: ConfigPath, inner: readonly number[] | undefined): ConfigPath {
  const [name, index, ...more] = rest;
  if (inner === undefined || typeof index !== 'number' || name === undefined) return rest;
  return [name, inner[index] ?? index, ...more];
}

export function byBundle<T>({ entry, source }: { readonly entry: T; readonly source: Source }): Written<T> {
  return { entry, by: { kind: 'bundle', source } };
}

export function byUser<T>(list: readonly T[]): readonly Written<T>[] {
  return list.map((entry, index) => ({ entry, by: { kind: 'own', index } }));
}

/** The name of what wrote an entry, for people: `acme-core@12`, `sluice.yaml, line 4`. */
export function writerName(draft: Draft, list: string, by: Writer): string {
  return by.kind === 'bundle' ? by.source.part.name : draft.own.origin([...list.split('/'), by.index]);
}
