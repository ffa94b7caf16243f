/** Listens for shortcuts of the commands that are offered, and shows them on a sheet. */
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { allCommands, useCommandState, type Command } from './state/commands.ts';
import { closeOverlay, openPalette, openShortcuts, useOverlays } from './state/overlays.ts';
import { isTyping, shortcutOf, shortcutText } from './state/shortcut-text.ts';
import { useText } from './text/text.ts';
import { Kbd } from './ui/controls.tsx';
import { Dialog } from './ui/overlay.tsx';

/** Within this time the second key of `g h` must come. */
const sequenceMs = 1_000;

export function Shortcuts(): ReactNode {
  const { t } = useText();
  const open = useOverlays((state) => state.open === 'shortcuts');
  const sets = useCommandState((state) => state.sets);
  const commands = useMemo(() => allCommands({ sets }), [sets]);
  useShortcutKeys(commands);
  const groups = Map.groupBy(
    commands.filter(({ shortcut }) => shortcut !== undefined),
    ({ group }) => group,
  );
  return (
    <Dialog open={open} onClose={closeOverlay} title={t('shortcuts.title')} size="wide">
      <div className="shortcut-groups">
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {list.map((command) => (
                <div key={command.id}>
                  <dt>{command.label}</dt>
                  <dd>
                    <Kbd>{shortcutText(command.shortcut ?? '')}</Kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function useShortcutKeys(commands: readonly Command[]): void {
  const before = useRef({ key: '', at: 0 });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const pressed = shortcutOf(event);
      if (pressed === 'Mod+k') {
        event.preventDefault();
        if (useOverlays.getState().open === 'palette') closeOverlay();
        else openPalette();
        return;
      }
      // A dialog has the keyboard to itself, and text is text.
      if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return;
      if (isTyping(event.target) && !pressed.includes('Mod+')) return;
      if (pressed === '?') {
        event.preventDefault();
        openShortcuts();
        return;
      }
      const isSequence = event.timeStamp - before.current.at < sequenceMs;
      const sequence = isSequence ? `${before.current.key} ${pressed}` : '';
      // `g c` goes to the clients also where a page has a `c` of its own.
      const command =
        commands.find(({ shortcut }) => shortcut !== undefined && shortcut === sequence) ??
        commands.find(({ shortcut }) => shortcut === pressed);
      before.current = { key: pressed, at: event.timeStamp };
      if (command === undefined) return;
      event.preventDefault();
      before.current = { key: '', at: 0 };
      command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}
