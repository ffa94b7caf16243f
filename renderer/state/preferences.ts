/** What this browser was told about looks and language; kept in it alone, and read before the first paint. */
import { create } from 'zustand';
import { isLanguage, type Language } from '../text/text.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

export interface Preferences {
  readonly theme: ThemeChoice;
  readonly density: Density;
  readonly motion: 'system' | 'reduced';
  /** `system`: the language of the browser where there is a catalogue for it. */
  readonly language: Language | 'system';
  /** Announce new rows of Activity to screen readers (UX-82). */
  readonly announceActivity: boolean;
  readonly sidebarCollapsed: boolean;
}

/** The same name as in `public/before-paint.js`. */
const storageKey = 'sluice.preferences';

const defaults: Preferences = {
  theme: 'system',
  density: 'comfortable',
  motion: 'system',
  language: 'system',
  announceActivity: false,
  sidebarCollapsed: false,
};

interface PreferenceState extends Preferences {
  readonly set: (change: Partial<Preferences>) => void;
}

export const usePreferences = create<PreferenceState>()((set, get) => ({
  ...read(),
  set(change) {
    set(change);
    const { set: _set, ...preferences } = get();
    write(preferences);
    applyToDocument(preferences);
  },
}));

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Record<string, unknown>;
    const one = <Value>(name: keyof Preferences, values: readonly Value[]): Value | undefined =>
      values.find((value) => value === kept[name]);
    return {
      theme: one('theme', ['system', 'light', 'dark'] as const) ?? defaults.theme,
      density: one('density', ['comfortable', 'compact'] as const) ?? defaults.density,
      motion: one('motion', ['system', 'reduced'] as const) ?? defaults.motion,
      language: isLanguage(kept['language']) ? kept['language'] : defaults.language,
      announceActivity: kept['announceActivity'] === true,
      sidebarCollapsed: kept['sidebarCollapsed'] === true,
    };
  } catch {
    return defaults;
  }
}

function write(preferences: Preferences): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing: the choice holds until the window is closed.
  }
}

const darkScheme = matchMedia('(prefers-color-scheme: dark)');

/** The theme in force. */
export function effectiveTheme(choice: ThemeChoice): 'light' | 'dark' {
  return choice === 'system' ? (darkScheme.matches ? 'dark' : 'light') : choice;
}

export function applyToDocument({ theme, density, motion }: Pick<Preferences, 'theme' | 'density' | 'motion'>): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = effectiveTheme(theme);
  dataset['density'] = density;
  if (motion === 'reduced') dataset['motion'] = 'reduced';
  else delete dataset['motion'];
}

darkScheme.addEventListener('change', () => applyToDocument(usePreferences.getState()));
