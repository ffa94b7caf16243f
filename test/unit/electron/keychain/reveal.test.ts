import type { MessageBoxOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { createReveal, type RevealParts } from '../../../../main/electron/keychain/reveal.ts';
import { Secret } from '../../../../main/kit/secret.ts';
import { desktopEn } from '../../../../shared/text/desktop.ts';
import { createText } from '../../../../shared/text/text.ts';

const value = ['sk', 'a-value-of-some-length'].join('-');

interface Given {
  readonly platform?: NodeJS.Platform;
  readonly hasTouchId?: boolean;
  readonly recognised?: boolean;
  /** Which button is pressed in the question. */
  readonly pressed?: number;
}

function desk({ platform = 'linux', hasTouchId = false, recognised = true, pressed = 0 }: Given = {}) {
  const shown: MessageBoxOptions[] = [];
  const asked: string[] = [];
  const log: unknown[] = [];
  const parts: RevealParts = {
    dialog: {
      showMessageBox: async (options: unknown) => {
        shown.push(options as MessageBoxOptions);
        return { response: (options as MessageBoxOptions).type === 'question' ? pressed : 0, checkboxChecked: false };
      },
    },
    systemPreferences: {
      canPromptTouchID: () => hasTouchId,
      promptTouchID: async (reason) => {
        asked.push(reason);
        if (!recognised) throw new Error('Canceled by user.');
      },
    },
    platform,
    text: () => createText('en', 'en', desktopEn),
    secrets: {
      get: async (id) =>
        id === 'openai'
          ? { kind: 'found', value: new Secret(value) }
          : id === 'locked'
            ? { kind: 'unreadable', reason: 'GNOME keyring is locked.' }
            : { kind: 'absent' },
    },
    log: { info: (message, fields) => void log.push([message, fields]) },
  };
  return { reveal: createReveal(parts), shown, asked, log };
}

describe('showing a secret', () => {
  it('asks first, shows it in a dialog of the system, and writes down its id alone', async () => {
    const { reveal, shown, log } = desk();
    expect(await reveal('openai')).toBe(true);
    expect(shown.map(({ type, message }) => [type, message])).toEqual([
      ['question', 'Show the secret openai?'],
      ['none', 'Secret openai'],
    ]);
    expect(shown[0]).toMatchObject({ defaultId: 1, cancelId: 1 });
    expect(shown[1]?.detail).toBe(value);
    expect(log).toEqual([['a secret is shown', { id: 'openai' }]]);
    expect(JSON.stringify([log, shown[0]])).not.toContain(value);
  });

  it('asks for a finger where the Mac has a sensor, and no further', async () => {
    const { reveal, shown, asked } = desk({ platform: 'darwin', hasTouchId: true });
    expect(await reveal('openai')).toBe(true);
    expect(asked).toEqual(['show the secret openai']);
    expect(shown.map(({ type }) => type)).toEqual(['none']);
  });

  it.each([
    ['whoever asks gives up', { pressed: 1 }],
    ['the Mac does not recognise them', { platform: 'darwin', hasTouchId: true, recognised: false }],
    ['a Mac without a sensor gets a no', { platform: 'darwin', pressed: 1 }],
  ] as const)('shows nothing when %s, and writes that down', async (_, given) => {
    const { reveal, shown, log } = desk(given);
    expect(await reveal('openai')).toBe(false);
    expect(JSON.stringify(shown)).not.toContain(value);
    expect(log).toMatchObject([[expect.stringContaining('was not shown') as string, { id: 'openai' }]]);
  });

  it('says why one cannot be shown', async () => {
    const { reveal, shown } = desk();
    await expect(reveal('nothing')).rejects.toMatchObject({ code: 'control.not_found' });
    await expect(reveal('locked')).rejects.toMatchObject({
      code: 'control.refused',
      message: 'GNOME keyring is locked.',
    });
    expect(shown).toEqual([]);
  });

  it('shows one at a time', async () => {
    const { reveal } = desk();
    const first = reveal('openai');
    await expect(reveal('openai')).rejects.toMatchObject({ code: 'control.refused' });
    expect(await first).toBe(true);
    expect(await reveal('openai')).toBe(true);
  });
});
