/** Records the keys that open the window from anywhere, by pressing them. */
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Button, Kbd } from '../../ui/controls.tsx';
import { acceleratorOf, acceleratorText, suggestedShortcut } from './shortcut-keys.ts';

export interface ShortcutFieldProps {
  readonly value: string | null;
  readonly isMac: boolean;
  readonly busy: boolean;
  readonly onChange: (value: string | null) => void;
}

export function ShortcutField({ value, isMac, busy, onChange }: ShortcutFieldProps): ReactNode {
  const { t } = useText();
  const [isRecording, setRecording] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const take = (shortcut: string | null): void => {
    setRecording(false);
    onChange(shortcut);
    // Other buttons come and go with what was chosen.
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Leaving by the keyboard must always be possible.
    if (!isRecording || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return setRecording(false);
    const accelerator = acceleratorOf(event, isMac);
    if (accelerator !== undefined) take(accelerator);
  };
  return (
    <div className="settings-shortcut">
      {value === null && !isRecording && (
        <Button variant="quiet" waiting={busy} onClick={() => take(suggestedShortcut)}>
          {t('settings.desktop.shortcut.suggest', { keys: acceleratorText(suggestedShortcut, isMac) })}
        </Button>
      )}
      {value !== null && !isRecording && <Kbd>{acceleratorText(value, isMac)}</Kbd>}
      <Button
        ref={button}
        busy={busy}
        aria-pressed={isRecording}
        onClick={() => setRecording(!isRecording)}
        onKeyDown={onKeyDown}
        onBlur={() => setRecording(false)}
      >
        {t(isRecording ? 'settings.desktop.shortcut.press' : 'settings.desktop.shortcut.record')}
      </Button>
      {value !== null && !isRecording && (
        <Button variant="quiet" waiting={busy} onClick={() => take(null)}>
          {t('common.clear')}
        </Button>
      )}
    </div>
  );
}
