/** The instance itself: what it is, what it runs on, how to report on it, and how to leave it. */
import { LogOut, OctagonX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { ConfigProblem, ConfigState } from '../../../shared/contract/config.ts';
import { useAction } from '../../bridge/hooks.ts';
import { closeSession } from '../../bridge/http-transport.ts';
import { useLive } from '../../state/live.ts';
import { currentText, useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Banner, Facts } from '../../ui/layout.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { InstanceSays } from '../../ui/said.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { diagnosticsOf } from './diagnostics.ts';
import type { SettingSection } from './rows.ts';

export function useAboutSection(): SettingSection {
  const { t } = useText();
  const isBrowser = useLive((state) => state.snapshot?.host.kind === 'headless');
  return {
    id: 'about',
    title: t('settings.about'),
    rows: [
      {
        id: 'instance',
        label: t('settings.instance'),
        words: 'version uptime pid licence MIT',
        isWide: true,
        content: <Instance />,
      },
      { id: 'config', label: t('settings.config'), words: 'sluice.yaml', isWide: true, content: <ConfigFile /> },
      {
        id: 'diagnostics',
        label: t('settings.diagnostics'),
        hint: t('settings.diagnostics.hint'),
        content: <CopyButton text={diagnostics} label={t('common.copyDiagnostics')} />,
      },
      ...(isBrowser
        ? [{ id: 'signout', label: t('settings.signOut'), hint: t('settings.signOut.hint'), content: <SignOut /> }]
        : []),
      { id: 'stop', label: t('settings.stop'), hint: t('settings.stop.hint'), words: 'quit end', content: <Stop /> },
    ],
  };
}

function diagnostics(): string {
  const { snapshot, recent, connection } = useLive.getState();
  if (snapshot === undefined) return `window: ${connection}`;
  const errors = recent.map(({ error }) => error);
  return diagnosticsOf({
    snapshot,
    userAgent: navigator.userAgent,
    language: currentText().language,
    connection,
    errors,
  });
}

function Instance(): ReactNode {
  const { t, dateTime, duration } = useText();
  const status = useLive((state) => state.snapshot?.status);
  const at = useLive((state) => state.snapshotAt);
  if (status === undefined) return <Skeleton lines={3} />;
  return (
    <Facts
      facts={[
        [t('settings.version'), status.version],
        [t('settings.started'), dateTime(status.started_at)],
        [t('settings.uptime'), `${duration(status.uptime_ms)} (${t('common.asOf', { time: dateTime(at) })})`],
        [t('settings.pid'), String(status.pid)],
        [t('settings.licence'), 'MIT'],
      ]}
    />
  );
}

function ConfigFile(): ReactNode {
  const { t } = useText();
  const config = useLive((state) => state.snapshot?.status.config);
  if (config === undefined) return <Skeleton lines={3} />;
  return (
    <div className="stack tight">
      <div className="row wrap">
        <code className="wrap-anywhere">{config.file}</code>
        <CopyButton text={config.file} />
        <StateBadge config={config} />
      </div>
      <p className="muted small wrap-anywhere">{t('settings.config.snapshot', { id: config.snapshot ?? '—' })}</p>
      {config.problems.length > 0 && <Banner tone="error">{t('settings.config.lastGood')}</Banner>}
      <Problems title={t('settings.config.problems')} problems={config.problems} />
      <Problems title={t('settings.config.warnings')} problems={config.warnings} />
    </div>
  );
}

function StateBadge({ config: { problems, warnings } }: { readonly config: ConfigState }): ReactNode {
  const { t } = useText();
  if (problems.length > 0) return <Badge tone="error">{t('settings.config.bad', { count: problems.length })}</Badge>;
  if (warnings.length > 0)
    return <Badge tone="warning">{t('settings.config.warned', { count: warnings.length })}</Badge>;
  return <Badge tone="ok">{t('settings.config.good')}</Badge>;
}

function Problems({
  title,
  problems,
}: {
  readonly title: string;
  readonly problems: readonly ConfigProblem[];
}): ReactNode {
  const { t } = useText();
  if (problems.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="settings-problems">
        {problems.map(({ line, column, path, problem, mend }) => (
          <li key={`${line}:${column} ${problem}`}>
            <span className="muted small">{t('settings.config.place', { line, column, path })}</span>
            <span className="wrap-anywhere">
              <InstanceSays text={problem} />
              {mend !== '' && (
                <>
                  {'. '}
                  <InstanceSays text={mend} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function SignOut(): ReactNode {
  const { t } = useText();
  const leave = async (): Promise<void> => {
    if (await closeSession()) location.reload();
    else toast.error(t('settings.signOut.failed'));
  };
  return (
    <Button onClick={() => void leave()}>
      <LogOut size={15} aria-hidden />
      {t('settings.signOut.action')}
    </Button>
  );
}

function Stop(): ReactNode {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const running = useLive((state) => state.snapshot?.status.gateway.running ?? 0);
  const stop = useAction('app.stop');
  return (
    <>
      <Button variant="danger" onClick={() => setAsking(true)}>
        <OctagonX size={15} aria-hidden />
        {t('settings.stop.action')}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('settings.stop.title')}
        text={t('settings.stop.text', { count: running })}
        action={t('settings.stop.action')}
        danger
        busy={stop.isPending}
        onConfirm={() =>
          stop.mutate({}, { onError: (error) => toast.error(error.message), onSettled: () => setAsking(false) })
        }
      />
    </>
  );
}
