/** What the desktop app alone can do: open at login, the tray, keys from anywhere, notifications. */
import { useState, type ReactNode } from 'react';
import type { DesktopPreferences, NoticeKind } from '../../../shared/contract/desktop.ts';
import { useText } from '../../text/text.ts';
import { Checkbox, Input, Segmented, Switch } from '../../ui/controls.tsx';
import type { SettingRow, SettingSection } from './rows.ts';
import { ShortcutField } from './shortcut-field.tsx';
import { useDesktop, type Desktop } from './use-desktop.ts';

/** In the order in which they matter. */
const noticeOrder: Readonly<Record<NoticeKind, number>> = {
  budget: 0,
  projection: 1,
  provider: 2,
  route: 3,
  bundle: 4,
  client: 5,
  masked: 6,
  price: 7,
  update: 8,
};
const noticeKinds = (Object.keys(noticeOrder) as NoticeKind[]).sort((a, b) => noticeOrder[a] - noticeOrder[b]);

type QuietTimes = NonNullable<DesktopPreferences['quiet_hours']>;
const usualQuietHours: QuietTimes = { from: '22:00', to: '07:00' };
const titles = ['off', 'spend', 'share'] as const;

/** `undefined` where there is no desktop app around this window. */
export function useDesktopSection(): SettingSection | undefined {
  const { t } = useText();
  const desktop = useDesktop();
  const { state } = desktop;
  if (state === undefined) return undefined;
  return {
    id: 'desktop',
    title: t('settings.desktop'),
    rows: [
      {
        id: 'login',
        label: t('settings.desktop.login'),
        hint: t('settings.desktop.login.hint'),
        words: 'autostart start',
        content: <LoginSwitch {...desktop} />,
      },
      ...trayRows(desktop, t),
      {
        id: 'shortcut',
        label: t('settings.desktop.shortcut'),
        hint: t('settings.desktop.shortcut.hint'),
        words: 'keyboard hotkey global',
        content: <ShortcutRow {...desktop} />,
      },
      {
        id: 'notices',
        label: t('settings.desktop.notices'),
        hint: t('settings.desktop.notices.hint'),
        words: noticeKinds.map((kind) => t(`settings.desktop.notice.${kind}`)).join(' '),
        isWide: true,
        content: <Notices {...desktop} />,
      },
      {
        id: 'quiet',
        label: t('settings.desktop.quiet'),
        hint: t('settings.desktop.quiet.hint'),
        content: <QuietHours {...desktop} />,
      },
    ],
  };
}

function LoginSwitch({ state, changing, change }: Desktop): ReactNode {
  const { t } = useText();
  if (state === undefined) return null;
  const { opens, supported, reason } = state.login;
  return (
    <div className="settings-desktop-state">
      <Switch
        label={t('settings.desktop.login')}
        checked={opens}
        disabled={!supported}
        waiting={changing === 'open_at_login'}
        onChange={(value) => change({ open_at_login: value })}
      />
      {reason !== null && <p className="muted small">{reason}</p>}
    </div>
  );
}

function trayRows({ state, changing, change }: Desktop, t: ReturnType<typeof useText>['t']): readonly SettingRow[] {
  if (state === undefined) return [];
  const { preferences, platform, tray } = state;
  const missing: SettingRow[] = tray.shown
    ? []
    : [
        {
          id: 'tray',
          label: t('settings.desktop.tray'),
          content: <span className="muted">{tray.reason ?? t('settings.desktop.tray.none')}</span>,
        },
      ];
  // Only macOS writes beside an icon.
  const title: SettingRow[] =
    platform === 'darwin'
      ? [
          {
            id: 'tray-title',
            label: t('settings.desktop.title'),
            words: 'menu bar tray',
            content: (
              <Segmented<DesktopPreferences['tray_title']>
                label={t('settings.desktop.title')}
                value={preferences.tray_title}
                choices={titles.map((value) => ({ value, label: t(`settings.desktop.title.${value}`) }))}
                onChange={(value) => change({ tray_title: value })}
              />
            ),
          },
        ]
      : [];
  const meter: SettingRow = {
    id: 'tray-meter',
    label: t('settings.desktop.meter'),
    hint: t('settings.desktop.meter.hint'),
    words: 'tray icon',
    content: (
      <Switch
        label={t('settings.desktop.meter')}
        checked={preferences.tray_meter}
        waiting={changing === 'tray_meter'}
        onChange={(value) => change({ tray_meter: value })}
      />
    ),
  };
  return [...missing, ...title, ...(tray.shown ? [meter] : [])];
}

function ShortcutRow({ state, changing, change }: Desktop): ReactNode {
  if (state === undefined) return null;
  return (
    <div className="settings-desktop-state">
      <ShortcutField
        value={state.preferences.shortcut}
        isMac={state.platform === 'darwin'}
        busy={changing === 'shortcut'}
        onChange={(shortcut) => change({ shortcut })}
      />
      {state.shortcut.reason !== null && (
        <p className="small settings-desktop-problem" role="status">
          {state.shortcut.reason}
        </p>
      )}
    </div>
  );
}

function Notices({ state, changing, change }: Desktop): ReactNode {
  const { t } = useText();
  if (state === undefined) return null;
  return (
    <ul className="settings-notices">
      {noticeKinds.map((kind) => (
        <li key={kind}>
          <Checkbox
            label={t(`settings.desktop.notice.${kind}`)}
            checked={state.preferences.notices[kind]}
            waiting={changing === 'notices'}
            onChange={(event) => change({ notices: { [kind]: event.target.checked } })}
          />
        </li>
      ))}
    </ul>
  );
}

/** Two times; kept when a field is left, since one is typed in parts. */
function QuietHours({ state, changing, change }: Desktop): ReactNode {
  const { t } = useText();
  const kept = state?.preferences.quiet_hours ?? null;
  const [draft, setDraft] = useState<Partial<QuietTimes>>({});
  const keep = (): void => {
    setDraft({});
    const hours = { ...(kept ?? usualQuietHours), ...draft };
    const isWhole = hours.from !== '' && hours.to !== '';
    if (isWhole && (hours.from !== kept?.from || hours.to !== kept.to)) change({ quiet_hours: hours });
  };
  const field = (name: 'from' | 'to'): ReactNode => (
    <Input
      type="time"
      aria-label={t(`settings.desktop.quiet.${name}`)}
      value={draft[name] ?? kept?.[name] ?? ''}
      onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
      onBlur={keep}
    />
  );
  return (
    <div className="settings-quiet">
      {kept !== null && (
        <>
          {field('from')}
          <span aria-hidden>–</span>
          {field('to')}
        </>
      )}
      <Switch
        label={t('settings.desktop.quiet')}
        checked={kept !== null}
        waiting={changing === 'quiet_hours'}
        onChange={(isOn) => change({ quiet_hours: isOn ? usualQuietHours : null })}
      />
    </div>
  );
}
