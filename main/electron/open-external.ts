/** The only way by which anything of ours opens another program: web pages and mails, after people saw whose (SEC-24). */
import type { Shell } from 'electron';
import type { DesktopText } from '../../shared/text/desktop.ts';
import type { Questions } from './questions.ts';

export interface ExternalOptions {
  readonly shell: Pick<Shell, 'openExternal'>;
  readonly dialog: Questions;
  readonly text: () => DesktopText;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

const maxUrlChars = 2_048;

/** The address as it is handed on, and whose it is, for people; `undefined`: nothing that may be opened. */
export function externalTarget(text: string): { readonly url: string; readonly shown: string } | undefined {
  if (text.length > maxUrlChars || hasControlCharacters(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  // A name before the host makes one host look like another.
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:' && url.hostname !== '') return { url: url.href, shown: url.host };
  // What follows the address could attach files or fill in a text that nobody wrote.
  if (url.protocol === 'mailto:' && /^[\w.+-]+@[\w.-]+$/.test(url.pathname))
    return { url: `mailto:${url.pathname}`, shown: url.pathname };
  return undefined;
}

function hasControlCharacters(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** `false`: people did not want it, or it is nothing that may be opened. Never rejects. */
export function createOpenExternal({ shell, dialog, text, log }: ExternalOptions): (url: string) => Promise<boolean> {
  // One question at a time: a page that opens a hundred links asks once.
  let asking = false;
  return async (asked) => {
    const target = externalTarget(asked);
    if (target === undefined || asking) return false;
    asking = true;
    try {
      const { t } = text();
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: t('desktop.external', { host: target.shown }),
        detail: target.url,
        buttons: [t('desktop.external.open'), t('dialog.cancel')],
        defaultId: 0,
        cancelId: 1,
        noLink: true,
      });
      if (response !== 0) return false;
      await shell.openExternal(target.url);
      return true;
    } catch (error) {
      log.warn('an address could not be opened', { error: String(error) });
      return false;
    } finally {
      asking = false;
    }
  };
}

/** Another instance's own window in the browser: only of this machine, and never an address that came from elsewhere. */
export async function openOwnWindow(shell: Pick<Shell, 'openExternal'>, link: string): Promise<boolean> {
  const url = URL.parse(link);
  if (url?.protocol !== 'http:' || url.hostname !== '127.0.0.1') return false;
  await shell.openExternal(url.href);
  return true;
}
