/** The page Settings: this window, the network, what is kept and what leaves, shortcuts, and the instance itself. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { useText } from '../../text/text.ts';
import { Button, SearchInput } from '../../ui/controls.tsx';
import { Card, Page } from '../../ui/layout.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { useAboutSection } from './about.tsx';
import { useDesktopSection } from './desktop.tsx';
import { useGeneralSection } from './general.tsx';
import { useNetworkSection } from './network.tsx';
import { usePrivacySection } from './privacy.tsx';
import { foundSections, type SettingRow } from './rows.ts';
import './settings.css';
import { useShortcutsSection } from './shortcuts-section.tsx';
import { useUpdatesSection } from './updates.tsx';

export function SettingsPage(): ReactNode {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const sought = params.get('q') ?? '';
  const marked = params.get('at');
  const sections = [
    ...[useGeneralSection(), useDesktopSection(), useUpdatesSection(), useNetworkSection(), usePrivacySection()],
    ...[useShortcutsSection(), useAboutSection()],
  ].filter((section) => section !== undefined);
  const found = foundSections(sections, sought);
  const search = (text: string): void => setParams(text === '' ? {} : { q: text }, { replace: true });
  return (
    <Page title={t('page.settings')} subtitle={t('settings.subtitle')}>
      <div className="settings">
        <SearchInput label={t('settings.search')} value={sought} onChange={(event) => search(event.target.value)} />
        {found.length === 0 && (
          <EmptyState
            title={t('settings.none', { text: sought })}
            actions={<Button onClick={() => search('')}>{t('common.clear')}</Button>}
          />
        )}
        {found.map(({ id, title, text, rows }) => (
          <Card key={id} title={title}>
            {text !== undefined && <p className="muted small">{text}</p>}
            <div className="settings-rows">
              {rows.map((row) => (
                <Row key={row.id} row={row} marked={row.id === marked} />
              ))}
            </div>
          </Card>
        ))}
      </div>
    </Page>
  );
}

/** `marked`: a link led to it. */
function Row({ row, marked }: { readonly row: SettingRow; readonly marked: boolean }): ReactNode {
  const { label, hint, content, isWide } = row;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (marked) place.current?.scrollIntoView({ block: 'center' });
  }, [marked]);
  return (
    <div
      ref={place}
      className="settings-row"
      data-marked={marked || undefined}
      data-wide={isWide === true || undefined}
    >
      <div className="settings-row-name">
        <span>{label}</span>
        {hint !== undefined && <p className="muted small">{hint}</p>}
      </div>
      <div className="settings-row-content">{content}</div>
    </div>
  );
}
