/** Defaults that changed under values of the config file, which do not change with them (BND-32). */
import type { BundleSections } from '../../shared/bundle/sections.ts';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import { stepsOf, valueHash } from './held.ts';

/** More at once would be read by nobody. */
const maxTold = 5;

/** One sentence for each value that people set themselves, and whose default is another one now. */
export function changedDefaults(
  before: BundleSections | undefined,
  after: BundleSections | undefined,
  provenance: readonly ProvenanceEntry[],
): readonly string[] {
  const own = provenance.filter(({ mode }) => mode === 'user');
  const changed = own.filter(({ pointer }) => {
    const was = valueAt(before, pointer);
    return was !== undefined && valueHash(was) !== valueHash(valueAt(after, pointer) ?? null);
  });
  const told = changed.slice(0, maxTold).map(({ pointer, origin }) => {
    const now = valueAt(after, pointer);
    const is = now === undefined ? 'is gone' : `is ${shortly(now)} now`;
    return `The default of ${pointer} ${is}; yours${origin === null ? '' : ` (${origin})`} stays as it is.`;
  });
  const left = changed.length - told.length;
  return left === 0 ? told : [...told, `The defaults of ${left} more values of yours changed.`];
}

/** Entries of lists go by their ids. */
function valueAt(sections: BundleSections | undefined, pointer: string): unknown {
  let at: unknown = sections;
  for (const step of stepsOf(pointer)) {
    if (Array.isArray(at)) at = at.find((entry) => nameOf(entry) === step);
    else at = isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function nameOf(entry: unknown): unknown {
  return isRecord(entry) ? (entry['id'] ?? entry['client'] ?? entry['model']) : entry;
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
