/** What is kept of requests, for how long, and how much room it takes. */
import { Timer } from 'lucide-react';
import { useEffect, useState, type SubmitEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Input } from '../../ui/controls.tsx';
import { Banner, Card, Facts } from '../../ui/layout.tsx';
import { ProfileNotice } from '../../ui/profile-notice.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Loaded } from '../../ui/states.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { forget, useRecordForAWhile, useRecordWindow } from './record-window.ts';
import { Setting } from './setting.tsx';

const contents = ['off', 'metadata', 'redacted', 'full'] as const;

export function RecordingTab(): ReactNode {
  const { t } = useText();
  const { part, profiles } = usePolicyConfig();
  const { content, retention_days, max_size_mb } = part('logging');
  return (
    <div className="stack">
      <ProfileNotice config={profiles} section="logging" />
      <Card title={t('policies.recording')}>
        <Content content={content} />
        <ForAWhile content={content} />
        <NoExport />
      </Card>
      <Card title={t('policies.retention')}>
        <NumberSetting
          name="retention_days"
          label={t('policies.retention.days')}
          hint={t('policies.retention.days.hint')}
          value={retention_days}
          max={36_500}
        />
        <NumberSetting
          name="max_size_mb"
          label={t('policies.retention.size')}
          hint={t('policies.retention.size.hint')}
          value={max_size_mb}
          max={1_048_576}
        />
        <LedgerSize limitMb={max_size_mb} />
      </Card>
    </div>
  );
}

function Content({ content }: { readonly content: (typeof contents)[number] }): ReactNode {
  const { t } = useText();
  const { part, set } = usePolicyConfig();
  const isMasked = part('masking').enabled;
  const choose = async (value: (typeof contents)[number]): Promise<void> => {
    if ((await set(['logging', 'content'], value)).ok) forget();
  };
  return (
    <Setting path={['logging', 'content']} label={t('policies.content')} hint={t('policies.content.hint')}>
      {({ disabled, waiting, labelId }) => (
        <div className="policy-radios" role="radiogroup" aria-labelledby={labelId}>
          {contents.map((value) => (
            <label key={value} className="policy-radio" data-checked={value === content || undefined}>
              <input
                type="radio"
                name="policy-content"
                checked={value === content}
                disabled={disabled || (value === 'redacted' && !isMasked)}
                aria-disabled={waiting || undefined}
                onChange={() => !waiting && void choose(value)}
              />
              <span className="stack tight">
                <span className="policy-setting-name">{t(`policies.content.${value}`)}</span>
                <span className="muted small">
                  {t(`policies.content.${value}.hint`)}
                  {value === 'redacted' && !isMasked && ` ${t('policies.content.needsMasking')}`}
                </span>
              </span>
            </label>
          ))}
        </div>
      )}
    </Setting>
  );
}

/** Nothing where recordings may be taken out. */
function NoExport(): ReactNode {
  const { t } = useText();
  const told = usePolicyConfig().team.of('/logging/export');
  if (told?.value !== 'none') return null;
  return (
    <div className="policy-setting">
      <div className="grow">
        <div className="row wrap">
          <span className="policy-setting-name">{t('locked.export')}</span>
          <Origin origin={undefined} told={told} name={t('locked.export')} />
        </div>
        <p className="muted small">{t('locked.export.hint')}</p>
      </div>
      <span>{t('locked.export.none')}</span>
    </div>
  );
}

/** Fifteen minutes, while the window is open; it says so. */
function ForAWhile({ content }: { readonly content: (typeof contents)[number] }): ReactNode {
  const { t, time } = useText();
  const { part, origin, busy } = usePolicyConfig();
  const until = useRecordWindow((state) => state.until);
  const record = useRecordForAWhile();
  const [starting, setStarting] = useState(false);
  const isMasked = part('masking').enabled;
  if (until !== undefined)
    return (
      <Banner tone="info">
        {t('policies.record.until', { time: time(until) })} {t('policies.record.open')}
      </Banner>
    );
  if (content === 'redacted' || content === 'full' || origin(['logging', 'content'])?.locked === true) return null;
  const start = async (): Promise<void> => {
    setStarting(true);
    await record();
    setStarting(false);
  };
  return (
    <div className="row wrap">
      <Button busy={starting} waiting={busy} disabled={!isMasked} onClick={() => void start()}>
        {starting ? null : <Timer size={15} aria-hidden />}
        {t('policies.record')}
      </Button>
      <span className="muted small grow">
        {isMasked ? (
          t('policies.record.hint')
        ) : (
          <>
            {t('policies.record.needsMasking')} <Link href="/policies?tab=masking">{t('policies.tab.masking')}</Link>
          </>
        )}
      </span>
    </div>
  );
}

interface NumberSettingProps {
  readonly name: 'retention_days' | 'max_size_mb';
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  readonly max: number;
}

/** Saved with Enter or the button, so that no half-typed figure deletes anything. */
function NumberSetting({ name, label, hint, value, max }: NumberSettingProps): ReactNode {
  const { t } = useText();
  const { set } = usePolicyConfig();
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const isCount = /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max;
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isCount) void set(['logging', name], Number(text));
  };
  return (
    <Setting path={['logging', name]} label={label} hint={hint}>
      {({ disabled, waiting, labelId }) => (
        <form className="row" onSubmit={save}>
          <Input
            className="policy-number"
            type="number"
            min={1}
            max={max}
            aria-labelledby={labelId}
            aria-invalid={isCount ? undefined : true}
            value={text}
            disabled={disabled}
            onChange={(event) => setText(event.target.value)}
          />
          {text !== String(value) && (
            <Button type="submit" disabled={!isCount || disabled} waiting={waiting}>
              {t('common.save')}
            </Button>
          )}
        </form>
      )}
    </Setting>
  );
}

function LedgerSize({ limitMb }: { readonly limitMb: number }): ReactNode {
  const { t, bytes, count, date, percent } = useText();
  const query = useCall('ledger.size', {});
  return (
    <Loaded query={query} lines={2}>
      {(size) => {
        const share = size.bytes / (limitMb * 1_000_000);
        const label = t('policies.size.bar', { size: bytes(size.bytes), share: percent(share, 1) });
        return (
          <div className="stack tight">
            <div className="policy-bar" role="img" aria-label={label}>
              <span className="spent" style={{ width: `${Math.min(share, 1) * 100}%` }} />
            </div>
            <Facts
              facts={[
                [t('policies.size.now'), label],
                [
                  t('policies.size.exchanges'),
                  t('policies.size.recorded', { count: size.exchanges, recorded: count(size.recorded) }),
                ],
                [t('policies.size.oldest'), size.oldest_at === null ? '—' : date(size.oldest_at)],
              ]}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
