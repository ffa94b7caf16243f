/** What people are asked when the desktop app cannot start as it is: nothing is solved silently, least of all the port (UX-10). */
import { createServer } from 'node:net';
import type { Dialog } from 'electron';
import type { DesktopText } from '../../shared/text/desktop.ts';

export interface StartDialogs {
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly text: () => DesktopText;
}

/** The window of a headless instance is there; offering it would only be the next conflict. */
const notOffered = 4_791;
const triedPorts = 20;
const shownLines = 8;
const lineChars = 400;

/** The port to take this time; `undefined`: none, the start is given up. `problem` says who holds it. */
export async function askForPort(
  { dialog, text }: StartDialogs,
  taken: { readonly host: string; readonly port: number; readonly problem: string },
): Promise<number | undefined> {
  const other = await nextFree(taken.host, taken.port);
  const { t } = text();
  const quit = t('desktop.quit');
  const offered = other === undefined ? [] : [t('desktop.portTaken.other', { port: String(other) })];
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: t('desktop.portTaken', { port: String(taken.port) }),
    detail:
      other === undefined
        ? taken.problem
        : `${taken.problem}\n\n${t('desktop.portTaken.hint', { port: String(taken.port) })}`,
    buttons: [...offered, quit],
    defaultId: 0,
    cancelId: offered.length,
    noLink: true,
  });
  return response === 0 ? other : undefined;
}

/** Whether to open the window of the instance that runs already, in the browser. */
export async function askForOther({ dialog, text }: StartDialogs, problem: string): Promise<boolean> {
  const { t } = text();
  const { response } = await dialog.showMessageBox({
    type: 'info',
    message: t('desktop.runsAlready'),
    detail: problem,
    buttons: [t('desktop.runsAlready.open'), t('desktop.quit')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** `true`: people want to see the file that is wrong, where there is one. */
export async function tellStartProblem(
  { dialog, text }: StartDialogs,
  problem: string,
  hasFile: boolean,
): Promise<boolean> {
  const { t } = text();
  const buttons = hasFile ? [t('desktop.startFailed.showFile'), t('desktop.quit')] : [t('desktop.quit')];
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: t('desktop.startFailed'),
    detail: shortened(problem),
    buttons,
    defaultId: buttons.length - 1,
    cancelId: buttons.length - 1,
    noLink: true,
  });
  return response < buttons.length - 1;
}

/** It ended by an error, and does not start again by itself. `log` is the file that tells more. */
export async function tellCrash({ dialog, text }: StartDialogs, problem: string, log: string): Promise<void> {
  const { t } = text();
  await dialog.showMessageBox({
    type: 'error',
    message: t('desktop.crashed'),
    detail: `${shortened(problem)}\n\n${t('desktop.crashed.log', { file: log })}`,
    buttons: [t('desktop.quit')],
    noLink: true,
  });
}

/** A dialog grows with its text, until its buttons are below the screen. */
function shortened(text: string): string {
  const lines = text.split('\n');
  const short = lines
    .slice(0, shownLines)
    .map((line) => (line.length > lineChars ? `${line.slice(0, lineChars)}…` : line));
  return lines.length > shownLines ? [...short, '…'].join('\n') : short.join('\n');
}

async function nextFree(host: string, after: number): Promise<number | undefined> {
  for (let port = after + 1; port <= Math.min(after + triedPorts, 65_535); port += 1) {
    if (port !== notOffered && (await isFree(host, port))) return port;
  }
  return undefined;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
