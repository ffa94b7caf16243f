/** Changes of a bundle as a whole: how it holds, for how long, whom it is for, and what it asks for. */
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { BundleChange } from '../../shared/contract/bundles.ts';
import { changeOf, countedWord, isSame, missingIn, named, shown, stepOf, type Effect } from './change-words.ts';

interface FrameRow {
  readonly pointer: string;
  readonly name: string;
  readonly of: (payload: BundlePayload) => unknown;
  /** From mild to strict. */
  readonly order?: readonly unknown[];
}

const rows: readonly FrameRow[] = [
  { pointer: '/mode', name: 'How it holds', of: ({ mode }) => mode, order: ['audit', 'enforce'] },
  { pointer: '/layer', name: 'Its layer', of: ({ layer }) => layer },
  { pointer: '/applies_to', name: 'Whom it is for', of: ({ applies_to }) => applies_to },
  { pointer: '/rollout', name: 'How many machines get it at first', of: ({ rollout }) => rollout },
  {
    ...{ pointer: '/offline/on_expiry', name: 'Once it has expired and its grace is over' },
    ...{ of: ({ offline }) => offline?.on_expiry ?? 'warn', order: ['warn', 'restrict', 'block'] },
  },
  { pointer: '/offline/restrict_to', name: 'What may be used then', of: ({ offline }) => offline?.restrict_to },
  { pointer: '/offline/grace', name: 'Its grace', of: ({ offline }) => offline?.grace },
  { pointer: '/offline/poll', name: 'How often its host is asked', of: ({ offline }) => offline?.poll },
  {
    ...{ pointer: '/freshness_required', name: 'A statement that it is fresh must be there' },
    ...{ of: (one) => one.freshness_required, order: [false, true] },
  },
  { pointer: '/status/url', name: 'Where to report to', of: ({ status }) => status?.url ?? undefined },
  { pointer: '/min_app', name: 'The least version of Sluice', of: ({ min_app }) => min_app },
  { pointer: '/name', name: 'Its name', of: ({ name }) => name },
  { pointer: '/contact', name: 'Whom to ask', of: ({ contact }) => contact },
];

export function describeFrame(before: BundlePayload | undefined, after: BundlePayload): BundleChange[] {
  // Of one that is new its card tells all this.
  if (before === undefined) return slotChanges(before, after);
  return [...rows.flatMap((row) => frameChange(row, before, after)), ...slotChanges(before, after)];
}

function frameChange(
  { pointer, name, of, order }: FrameRow,
  before: BundlePayload,
  after: BundlePayload,
): BundleChange[] {
  const [was, is] = [of(before), of(after)];
  if (isSame(was, is)) return [];
  const effect: Effect = order === undefined ? 'neutral' : stepOf(order, was, is);
  const text = `${name}: ${is === undefined ? 'not set' : shown(is)}; before ${was === undefined ? 'not set' : shown(was)}`;
  return [changeOf({ pointer, effect, text, before: was, after: is })];
}

function slotChanges(before: BundlePayload | undefined, after: BundlePayload): BundleChange[] {
  const [old, now] = [before, after].map((payload) => payload?.secrets.map(({ id }) => id));
  const told = (ids: readonly string[], words: string): BundleChange[] =>
    ids.length === 0
      ? []
      : [
          changeOf({
            ...{ pointer: '/secrets', effect: 'neutral', before: old, after: now },
            text: `${countedWord(ids.length, 'secret slot')} ${words}: ${named(ids)}`,
          }),
        ];
  return [...told(missingIn(now, old), 'to fill in'), ...told(missingIn(old, now), 'no longer needed')];
}
