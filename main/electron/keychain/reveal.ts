/** Showing a secret: in a dialog of the system, after the system made sure who asks; written down by its id (SEC-23, SEC-45). */
import type { SystemPreferences } from 'electron';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { SecretBox } from '../../host/host.ts';
import type { Questions } from '../questions.ts';

export interface RevealParts {
  readonly dialog: Questions;
  readonly systemPreferences: Pick<SystemPreferences, 'canPromptTouchID' | 'promptTouchID'>;
  readonly platform: NodeJS.Platform;
  readonly text: () => DesktopText;
  readonly secrets: Pick<SecretBox, 'get'>;
  readonly log: { info(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/**
 * `false`: it was not wanted, or whoever asked did not prove who they are. Rejects with a `GatewayError` for a secret that is not
 * there or does not open, and while another is shown.
 */
export function createReveal(parts: RevealParts): (id: string) => Promise<boolean> {
  // One dialog at a time: a page that asks a hundred times asks once.
  let isBusy = false;
  return async (id) => {
    if (isBusy) throw new GatewayError('control.refused', 'A secret is being shown. Close its dialog first.');
    isBusy = true;
    try {
      return await reveal(parts, id);
    } finally {
      isBusy = false;
    }
  };
}

async function reveal(parts: RevealParts, id: string): Promise<boolean> {
  const { dialog, text, secrets, log } = parts;
  const reading = await secrets.get(id);
  if (reading.kind === 'absent') throw new GatewayError('control.not_found', `There is no secret "${id}" in the box.`);
  if (reading.kind === 'unreadable') throw new GatewayError('control.refused', reading.reason);
  if (!(await isAllowed(parts, id))) {
    log.info('a secret was not shown: whoever asked gave up or was not recognised', { id });
    return false;
  }
  // Before it is: nobody sees one that is not written down.
  log.info('a secret is shown', { id });
  const { t } = text();
  await dialog.showMessageBox({
    type: 'none',
    message: t('dialog.reveal.title', { id }),
    detail: reading.value.reveal(),
    buttons: [t('dialog.close')],
    noLink: true,
  });
  return true;
}

/** Touch ID where there is one; elsewhere Electron has no way to ask the system who sits there, so people confirm. */
async function isAllowed({ dialog, systemPreferences, platform, text }: RevealParts, id: string): Promise<boolean> {
  const { t } = text();
  if (platform === 'darwin' && systemPreferences.canPromptTouchID())
    return await systemPreferences.promptTouchID(t('dialog.reveal.reason', { id })).then(
      () => true,
      () => false,
    );
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: t('dialog.reveal.ask', { id }),
    detail: t('dialog.reveal.ask.detail'),
    buttons: [t('dialog.reveal.show'), t('dialog.cancel')],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
