/** Language and theme of the window are those of the desktop app, whose tray and notifications follow them: kept in step, both ways. */
import type { DesktopPreferences } from '../../shared/contract/desktop.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { languageFor, setLanguage } from '../text/text.ts';
import { usePreferences } from './preferences.ts';

type Shared = Pick<DesktopPreferences, 'language' | 'theme'>;

let known: Shared | undefined;

/** What the desktop app has now is what the window shows. */
export function takeDesktopPreferences({ language, theme }: Shared): void {
  known = { language, theme };
  const present = usePreferences.getState();
  if (present.language === language && present.theme === theme) return;
  present.set({ language, theme });
  if (present.language !== language) void setLanguage(languageFor(language));
}

/** From now on what is chosen in the window is told to the desktop app. Returns what ends it. */
export async function followDesktopPreferences(bridge: Bridge): Promise<() => void> {
  const reply = await bridge.call('desktop.state', {});
  if (reply.ok) takeDesktopPreferences(reply.value.preferences);
  return usePreferences.subscribe(({ language, theme }) => {
    const change = changeOf({ language, theme }, known);
    if (change === undefined) return;
    known = { language, theme };
    void bridge.call('desktop.set', change);
  });
}

/** Only what is different; `undefined`: nothing is. */
export function changeOf(chosen: Shared, before: Shared | undefined): Partial<Shared> | undefined {
  const { language, theme } = chosen;
  const change = {
    ...(language === before?.language ? {} : { language }),
    ...(theme === before?.theme ? {} : { theme }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}
