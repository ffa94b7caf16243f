// Dialogs that a test answers, the programs of the system that are told but not started, and the clipboard.
import type { Clipboard, Dialog, MessageBoxOptions, MessageBoxReturnValue, Shell } from 'electron';
import { currentChromium } from './chromium-host.ts';
import { guarded, type Members } from './guarded.ts';
import { needReady, note, stage } from './stage.ts';
import { allContents } from './web-contents.ts';

export interface Answer {
  /** Its text. */
  readonly button?: string;
  readonly checked?: boolean;
  /** For dialogs about files; none: cancelled. */
  readonly files?: readonly string[];
}

interface Asked {
  readonly id: number;
  readonly kind: 'message' | 'open' | 'save' | 'error';
  readonly options: object;
  readonly answer: (answer: Answer) => void;
}

const waiting: Asked[] = [];
const prepared: Answer[] = [];
let last = 0;

/** Those that people would see now. */
export function openDialogs(): readonly { readonly id: number; readonly kind: string; readonly options: object }[] {
  return waiting.map(({ id, kind, options }) => ({ id, kind, options }));
}

/** Of the dialog that waits longest; of the next one when none waits. */
export function answerDialog(answer: Answer): void {
  const [first] = waiting;
  if (first === undefined) {
    prepared.push(answer);
    return;
  }
  first.answer(answer);
  waiting.shift();
}

function ask<Result>(kind: Asked['kind'], options: object, resolved: (answer: Answer) => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    last += 1;
    note('dialog', { kind, options: plain(options) });
    // One that does not fit is told to the test that gave it.
    const answer = (given: Answer): void => resolve(resolved(given));
    const ready = prepared.shift();
    if (ready === undefined) {
      waiting.push({ id: last, kind, options: plain(options), answer });
      return;
    }
    try {
      answer(ready);
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

const plain = (options: object): object => JSON.parse(JSON.stringify({ ...options, icon: undefined })) as object;

function pressed(
  options: MessageBoxOptions,
  { button, checked = options.checkboxChecked ?? false }: Answer,
): MessageBoxReturnValue {
  const buttons = options.buttons ?? ['OK'];
  const response = button === undefined ? (options.cancelId ?? 0) : buttons.indexOf(button);
  if (response < 0) throw new Error(`the dialog has no button “${button}”: ${buttons.join(' | ')}`);
  return { response, checkboxChecked: checked };
}

export const dialog = guarded('dialog', {
  showMessageBox(...input: [Electron.BaseWindow, MessageBoxOptions] | [MessageBoxOptions]) {
    needReady('dialog.showMessageBox() can only be called after app is ready');
    const options = input.at(-1) as MessageBoxOptions;
    return ask('message', options, (answer) => pressed(options, answer));
  },
  showErrorBox(title, content) {
    note('error box', { title, content });
    if (!stage.ready) process.stderr.write(`${title}\n${content}\n`);
  },
  showOpenDialog(...input: [Electron.BaseWindow, Electron.OpenDialogOptions] | [Electron.OpenDialogOptions]) {
    return ask('open', input.at(-1) ?? {}, ({ files = [] }) => ({
      canceled: files.length === 0,
      filePaths: [...files],
    }));
  },
  showSaveDialog(...input: [Electron.BaseWindow, Electron.SaveDialogOptions] | [Electron.SaveDialogOptions]) {
    return ask('save', input.at(-1) ?? {}, ({ files: [filePath = ''] = [] }) => ({
      canceled: filePath === '',
      filePath,
    }));
  },
} satisfies Members<Dialog>);

export const shell = guarded('shell', {
  openExternal: async (url) => note('openExternal', url),
  openPath: async (path) => {
    note('openPath', path);
    return '';
  },
  showItemInFolder: (path) => note('showItemInFolder', path),
  beep: () => note('beep', null),
} satisfies Members<Shell>);

export class ClipboardItem {
  readonly types: string[];
  private readonly items: Record<string, unknown>;
  constructor(items: Record<string, unknown>) {
    this.items = items;
    this.types = Object.keys(items);
  }
  async getType(type: string): Promise<Blob> {
    const found = await this.items[type];
    if (found === undefined) throw new Error(`the clipboard has no ${type}`);
    return found instanceof Blob
      ? found
      : new Blob([typeof found === 'string' ? found : JSON.stringify(found)], { type });
  }
}

let held = new ClipboardItem({});
let seenInPage = '';

/** What a page copied by itself is newer than what main knows of. */
async function fromPages(): Promise<void> {
  const page = allContents().at(-1);
  if ((await currentChromium()) === undefined || page === undefined) return;
  const { target } = await page.target_();
  const chromium = await currentChromium();
  const origin = new URL((await pageUrl(target)) ?? 'about:blank').origin;
  if (origin === 'null' || chromium === undefined) return;
  const grant = (setting: string): Promise<unknown> =>
    chromium.cdp.send('Browser.setPermission', { permission: { name: 'clipboard-read' }, setting, origin });
  await grant('granted');
  const text = await page.executeJavaScript('navigator.clipboard.readText().catch(() => "")', true).catch(() => '');
  await grant('denied');
  if (typeof text !== 'string' || text === '' || text === seenInPage) return;
  seenInPage = text;
  held = new ClipboardItem({ 'text/plain': text });
}

async function pageUrl(target: string): Promise<string | undefined> {
  const chromium = await currentChromium();
  const told = await chromium?.cdp.send<{ targetInfo: { url: string } }>('Target.getTargetInfo', { targetId: target });
  return told?.targetInfo.url;
}

export const clipboard = guarded('clipboard', {
  async readText() {
    await fromPages();
    return held.types.includes('text/plain') ? await (await held.getType('text/plain')).text() : '';
  },
  async writeText(text) {
    await fromPages();
    held = new ClipboardItem({ 'text/plain': text });
    note('clipboard', ['text/plain']);
  },
  async read() {
    await fromPages();
    return [held as unknown as Electron.ClipboardItem];
  },
  async write(data) {
    await fromPages();
    const [first] = data;
    if (first === undefined) throw new TypeError('there is nothing to write');
    held = first as unknown as ClipboardItem;
    note('clipboard', held.types);
  },
  async has(type) {
    await fromPages();
    return held.types.includes(type);
  },
  clear() {
    held = new ClipboardItem({});
    note('clipboard cleared', null);
  },
} satisfies Members<Clipboard>);
