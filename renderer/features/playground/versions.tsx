/** The versions of a prompt: what changed from one to the next, opened, or made the newest again. */
import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { PromptContent, PromptEntry, PromptVersion } from '../../../shared/contract/playground.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { contentText } from './content-text.ts';
import { openPrompt } from './open-prompt.ts';

const TextDiff = lazy(async () => ({ default: (await import('./text-diff.tsx')).TextDiff }));

export function VersionsView({
  entry,
  onBack,
  onClose,
}: {
  readonly entry: PromptEntry;
  readonly onBack: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const [shown, setShown] = useState<number>();
  const restore = useAction('prompts.save', ['prompts.list']);
  const newest = entry.versions.at(-1);
  const actions = (version: PromptVersion): ReactNode => (
    <span className="row wrap">
      <Button
        size="small"
        onClick={() => {
          openPrompt(entry, version);
          onClose();
        }}
      >
        {t('playground.open')}
      </Button>
      {version !== newest && (
        <Button
          size="small"
          busy={restore.isPending && restore.variables.content === version.content}
          onClick={() =>
            restore.mutate({
              id: entry.id,
              name: entry.name,
              labels: entry.labels,
              note: t('playground.restored', { version: version.version }),
              content: version.content,
            })
          }
        >
          {t('playground.restore')}
        </Button>
      )}
      <Button
        size="small"
        variant="quiet"
        aria-expanded={shown === version.version}
        onClick={() => setShown(shown === version.version ? undefined : version.version)}
      >
        {t('playground.changes')}
      </Button>
    </span>
  );
  return (
    <>
      <div className="row">
        <Button size="small" variant="quiet" onClick={onBack}>
          <ArrowLeft size={14} aria-hidden />
          {t('common.back')}
        </Button>
        <h3 className="ellipsis">{entry.name}</h3>
      </div>
      {restore.error !== null && (
        <p className="playground-problem" role="alert">
          {restore.error.message}
        </p>
      )}
      <ol className="playground-versions" reversed>
        {entry.versions.toReversed().map((version, index, all) => (
          <VersionRow
            key={version.version}
            version={version}
            isNewest={index === 0}
            before={all[index + 1]?.content}
            isOpen={shown === version.version}
            actions={actions(version)}
          />
        ))}
      </ol>
    </>
  );
}

function VersionRow({
  version,
  isNewest,
  before,
  isOpen,
  actions,
}: {
  readonly version: PromptVersion;
  readonly isNewest: boolean;
  /** Of the version it followed. */
  readonly before: PromptContent | undefined;
  readonly isOpen: boolean;
  readonly actions: ReactNode;
}): ReactNode {
  const { t, dateTime } = useText();
  return (
    <li>
      <div className="row wrap">
        <strong>{t('playground.version', { version: version.version })}</strong>
        <span className="muted small">{dateTime(version.at)}</span>
        {isNewest && <Badge tone="accent">{t('playground.newest')}</Badge>}
      </div>
      {version.note !== '' && <p className="wrap-anywhere">{version.note}</p>}
      {actions}
      {isOpen && (
        <Suspense fallback={<Skeleton />}>
          <TextDiff
            before={before === undefined ? '' : contentText(before)}
            after={contentText(version.content)}
            by="lines"
          />
        </Suspense>
      )}
    </li>
  );
}
