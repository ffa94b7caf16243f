/** Language and looks: kept in this browser alone, or by the desktop app around it. */
import { useLive } from '../../state/live.ts';
import { usePreferences, type Density, type Preferences, type ThemeChoice } from '../../state/preferences.ts';
import { languageFor, languageNames, languages, setLanguage, useText, type Language } from '../../text/text.ts';
import { Segmented, Select, Switch, type Choice } from '../../ui/controls.tsx';
import type { SettingSection } from './rows.ts';

function choices<Value extends string>(
  values: readonly Value[],
  name: (value: Value) => string,
): readonly Choice<Value>[] {
  return values.map((value) => ({ value, label: name(value) }));
}

export function useGeneralSection(): SettingSection {
  const { t } = useText();
  const { theme, density, motion, language, announceActivity, set } = usePreferences();
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const systemName = t(isDesktop ? 'settings.desktop.general.system' : 'settings.system.browser');
  const nameOf = (value: Language | 'system'): string => (value === 'system' ? systemName : languageNames[value]);
  const speak = (value: Language | 'system'): void => {
    set({ language: value });
    void setLanguage(languageFor(value));
  };
  return {
    id: 'general',
    title: t('settings.general'),
    text: t(isDesktop ? 'settings.desktop.general.text' : 'settings.general.text'),
    rows: [
      {
        id: 'language',
        label: t('settings.language'),
        words: `language Sprache ${languages.map((one) => languageNames[one]).join(' ')}`,
        content: (
          <Select
            aria-label={t('settings.language')}
            value={language}
            choices={choices(['system', ...languages] as const, nameOf)}
            onChange={speak}
          />
        ),
      },
      {
        id: 'theme',
        label: t('settings.theme'),
        words: t('settings.theme.words'),
        content: (
          <Segmented<ThemeChoice>
            label={t('settings.theme')}
            value={theme}
            choices={choices(['system', 'light', 'dark'] as const, (value) => t(`settings.theme.${value}`))}
            onChange={(value) => set({ theme: value })}
          />
        ),
      },
      {
        id: 'density',
        label: t('settings.density'),
        content: (
          <Segmented<Density>
            label={t('settings.density')}
            value={density}
            choices={choices(['comfortable', 'compact'] as const, (value) => t(`settings.density.${value}`))}
            onChange={(value) => set({ density: value })}
          />
        ),
      },
      {
        id: 'motion',
        label: t('settings.motion'),
        content: (
          <Segmented<Preferences['motion']>
            label={t('settings.motion')}
            value={motion}
            choices={choices(['system', 'reduced'] as const, (value) => t(`settings.motion.${value}`))}
            onChange={(value) => set({ motion: value })}
          />
        ),
      },
      {
        id: 'announce',
        label: t('settings.announce'),
        hint: t('settings.announce.hint'),
        content: (
          <Switch
            label={t('settings.announce')}
            checked={announceActivity}
            onChange={(value) => set({ announceActivity: value })}
          />
        ),
      },
    ],
  };
}
