/** The fingerprint of a publisher: short to look at, whole to copy, and as words to read out. */
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { shortFingerprint } from './join-link.ts';

export function ShortFingerprint({ fingerprint }: { readonly fingerprint: string | null }): ReactNode {
  const { t } = useText();
  if (fingerprint === null) return '—';
  return (
    <span className="team-inline">
      <code title={fingerprint}>{shortFingerprint(fingerprint)}</code>
      <CopyButton text={fingerprint} name={t('team.fingerprint.copy')} />
    </span>
  );
}

/** Eight words, in the order in which they are read. They are English wherever they are read. */
export function FingerprintWords({ words }: { readonly words: readonly string[] }): ReactNode {
  const { t } = useText();
  return (
    <ol className="team-words" aria-label={t('team.fingerprint.words')} lang="en">
      {words.map((word, index) => (
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}
