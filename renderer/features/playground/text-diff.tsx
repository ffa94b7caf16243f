/** Two texts and what sets them apart, word by word or line by line. Load it late. */
import { diffLines, diffWordsWithSpace, type ChangeObject } from 'diff';
import { useMemo, type ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { printable } from '../../ui/copy.tsx';

/** Longer texts are compared by lines: words would take too long. */
const mostByWords = 40_000;
const mostMs = 2_000;

export interface TextDiffProps {
  readonly before: string;
  readonly after: string;
  readonly by: 'words' | 'lines';
}

export function TextDiff({ before, after, by }: TextDiffProps): ReactNode {
  const { t } = useText();
  const changes = useMemo(() => changesOf(before, after, by), [before, after, by]);
  if (changes === undefined) return <p className="muted">{t('playground.diff.tooLong')}</p>;
  if (changes.every(({ added, removed }) => !added && !removed))
    return <p className="muted">{t('playground.diff.same')}</p>;
  return (
    <div className="playground-diff" tabIndex={0} role="region" aria-label={t('playground.diff')}>
      {changes.map(({ added, removed, value }, index) =>
        added ? (
          <ins key={index}>{printable(value)}</ins>
        ) : removed ? (
          <del key={index}>{printable(value)}</del>
        ) : (
          <span key={index}>{printable(value)}</span>
        ),
      )}
    </div>
  );
}

function changesOf(before: string, after: string, by: TextDiffProps['by']): ChangeObject<string>[] | undefined {
  const isLong = before.length + after.length > mostByWords;
  return by === 'lines' || isLong
    ? diffLines(before, after, { timeout: mostMs })
    : diffWordsWithSpace(before, after, { timeout: mostMs });
}
