/** What a bundle sets, in a line for each section: for people who look at one before anybody follows it. */
import type { SecretSlot } from '../../../shared/bundle/payload.ts';
import type { ReadBundle } from '../types.ts';

export interface BundleSummary {
  readonly sets: readonly { readonly mode: 'enforced' | 'default'; readonly section: string; readonly text: string }[];
  readonly slots: readonly SecretSlot[];
  /** Cases. */
  readonly tests: number;
}

export function summaryOf({ payload }: Pick<ReadBundle, 'payload'>): BundleSummary {
  const parts = [
    ['enforced', payload.enforced],
    ['default', payload.defaults],
  ] as const;
  return {
    sets: parts.flatMap(([mode, sections]) =>
      Object.entries(sections ?? {}).flatMap(([section, value]) =>
        value === undefined ? [] : [{ mode, section, text: textOf(value) }],
      ),
    ),
    slots: payload.secrets,
    tests: payload.tests.reduce((sum, { cases }) => sum + cases.length, 0),
  };
}

/** Lists by what they hold, or by how much; sets of names by their names. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return listText(value);
  if (typeof value !== 'object' || value === null) return plainText(value);
  return Object.entries(value)
    .flatMap(([name, inner]: [string, unknown]) => {
      if (inner === undefined) return [];
      if (Array.isArray(inner)) return [`${name} ${listText(inner)}`];
      if (typeof inner === 'object' && inner !== null) return [`${name} ${Object.keys(inner).join(', ')}`];
      return [`${name} ${plainText(inner)}`];
    })
    .join('; ');
}

/** More are not read in a line. */
const shown = 6;

function listText(list: readonly unknown[]): string {
  if (list.length === 0) return 'nothing';
  const names = list.map(nameOf);
  const rest = names.length - shown;
  return rest > 0 ? `${names.slice(0, shown).join(', ')} and ${rest} more` : names.join(', ');
}

function nameOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return plainText(item);
  const fields = item as Readonly<Record<string, unknown>>;
  return plainText(fields['id'] ?? fields['alias'] ?? fields['client'] ?? fields['model'] ?? fields['name']);
}

function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '…';
}
