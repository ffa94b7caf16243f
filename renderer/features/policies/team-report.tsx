/** Reporting back: off until somebody agrees, and shown word for word before (BND-91). */
import type { ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Switch } from '../../ui/controls.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Loaded } from '../../ui/states.tsx';
import { hostOf } from './join-link.ts';
import { waitingConsents } from './team-state.ts';
import { failed } from './team-told.ts';

interface TeamReportProps {
  readonly card: BundleCard;
  readonly report: NonNullable<BundleCard['report']>;
}

export function TeamReport({ card, report }: TeamReportProps): ReactNode {
  const { t, duration, dateTime } = useText();
  const agree = useAction('bundles.report', ['bundles.list', 'bundles.audit']);
  const { key } = card;
  const host = hostOf(report.url) ?? report.url;
  const every = duration(report.interval_s * 1_000);
  // A consent that waits says the same, and is decided where all consents are.
  const waits = waitingConsents(card.consents).some(({ kind }) => kind === 'report');
  const standing = waits ? 'team.report.waits' : report.agreed ? 'team.report.on' : 'team.report.off';
  return (
    <section className="team-box">
      <div className="team-report">
        <div className="grow">
          <h3>{t('team.report')}</h3>
          <p className="small muted wrap-anywhere">
            {t(standing, { host, every })}
            {report.last_sent_at !== null && ` ${t('team.report.last', { time: dateTime(report.last_sent_at) })}`}
          </p>
        </div>
        {!waits && (
          <Switch
            label={t('team.report.agree')}
            checked={report.agreed}
            waiting={agree.isPending}
            onChange={(agreed) => agree.mutate({ key, agreed }, { onError: failed })}
          />
        )}
      </div>
      <details className="team-details">
        <summary>{t('team.report.what')}</summary>
        <ReportText cardKey={key} />
      </details>
    </section>
  );
}

function ReportText({ cardKey }: { readonly cardKey: string }): ReactNode {
  const { t } = useText();
  const query = useCall('bundles.report_preview', { key: cardKey });
  return (
    <Loaded query={query} lines={4}>
      {({ url, body }) => (
        <div className="stack tight">
          <p className="small muted wrap-anywhere">
            POST <code>{url}</code>
          </p>
          <CodeBlock text={body} label={t('team.report.what')} wrapped />
        </div>
      )}
    </Loaded>
  );
}
