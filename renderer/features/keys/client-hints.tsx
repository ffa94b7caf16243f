/** What team bundles suggest for a client: shown, and written by nobody. */
import type { ReactNode } from 'react';
import { useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { CodeBlock, printable } from '../../ui/copy.tsx';
import { Facts } from '../../ui/layout.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';

interface Hint {
  readonly model?: string | undefined;
  readonly base_url_path?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export function ClientHints({ client }: { readonly client: string }): ReactNode {
  const { t } = useText();
  const entry = useTeamValues().of(`/clients/${client}`);
  if (entry === undefined) return null;
  const { model, base_url_path: path, env = {} } = entry.value as Hint;
  const variables = Object.entries(env);
  const facts = [
    ...(model === undefined ? [] : [[t('locked.hint.model'), model]]),
    ...(path === undefined ? [] : [[t('locked.hint.path'), path]]),
  ] as const;
  return (
    <section className="stack tight" aria-label={t('locked.hint.title')}>
      <div className="row wrap between">
        <h3>{t('locked.hint.title')}</h3>
        <TeamMark entry={entry} name={t('locked.hint.title')} />
      </div>
      <Facts facts={facts.map(([label = '', value = '']) => [label, <code key={label}>{printable(value)}</code>])} />
      {variables.length > 0 && (
        <CodeBlock
          label={t('locked.hint.env')}
          text={variables.map(([name, value]) => `${name}=${value}`).join('\n')}
          wrapped
        />
      )}
      <p className="muted small">{t('locked.hint.text')}</p>
    </section>
  );
}
