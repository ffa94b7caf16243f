/** What to set in a client, ready to copy, and what to do then. */
import { ExternalLink } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { ClientEntry, ClientSetting } from '../../shared/contract/clients.ts';
import { useSaid, useText } from '../text/text.ts';
import { CodeBlock, CopyButton, printable } from './copy.tsx';
import './client-parts.css';
import { InstanceSays } from './said.tsx';
import { readerSystem, sortSettings, stepsOf } from './setting-parts.ts';

export interface SettingsOf extends Pick<ClientEntry, 'restart' | 'check'> {
  readonly settings: readonly ClientSetting[];
}

export function ClientSettings({ settings, restart, check }: SettingsOf): ReactNode {
  const { t } = useText();
  const { own, foreign } = useMemo(() => sortSettings(settings, readerSystem(navigator.userAgent)), [settings]);
  return (
    <div className="client-settings">
      {own.map((setting) => (
        <Setting key={`${setting.title} ${setting.place}`} setting={setting} />
      ))}
      {foreign.length > 0 && (
        <details className="client-foreign">
          <summary>{t('clients.settings.otherSystem')}</summary>
          <div className="client-settings">
            {foreign.map((setting) => (
              <Setting key={`${setting.title} ${setting.place}`} setting={setting} />
            ))}
          </div>
        </details>
      )}
      <dl className="client-then">
        {restart !== '' && (
          <div>
            <dt>{t('clients.settings.restart')}</dt>
            <dd>
              <InstanceSays text={restart} />
            </dd>
          </div>
        )}
        {check !== '' && (
          <div>
            <dt>{t('clients.settings.check')}</dt>
            <dd>
              <InstanceSays text={check} />
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function Setting({ setting }: { readonly setting: ClientSetting }): ReactNode {
  const { title, place, format, text } = setting;
  const said = useSaid();
  return (
    <section className="client-setting">
      <h3>
        <InstanceSays text={title} />
      </h3>
      <p className="small muted wrap-anywhere">
        {format === 'steps' && <ExternalLink size={12} aria-hidden />} <InstanceSays text={place} />
      </p>
      {format === 'steps' ? (
        <Steps text={text} />
      ) : (
        <CodeBlock text={text} label={`${said(title).text}, ${said(place).text}`} />
      )}
    </section>
  );
}

function Steps({ text }: { readonly text: string }): ReactNode {
  const { t } = useText();
  return (
    <ol className="client-steps">
      {stepsOf(text).map((parts, index) => (
        <li key={index}>
          <span className="wrap-anywhere">
            {parts.map((part, place) =>
              part.isValue ? (
                <span key={place} className="client-value">
                  <code>{printable(part.text)}</code>
                  <CopyButton text={part.text} name={t('clients.settings.copyValue', { value: part.text })} />
                </span>
              ) : (
                <span key={place}>{printable(part.text)}</span>
              ),
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** A key that is shown this once, and never again. */
export function NewKey({ value }: { readonly value: string }): ReactNode {
  const { t } = useText();
  return (
    <section className="client-key" aria-label={t('clients.key')}>
      <p>
        <strong>{t('clients.key.once')}</strong> <span className="muted">{t('clients.key.inSettings')}</span>
      </p>
      <div className="client-key-value">
        <code className="wrap-anywhere">{value}</code>
        <CopyButton text={value} label={t('clients.key.copy')} />
      </div>
    </section>
  );
}
