/**
 * Questions to people that are asked while the gateway runs. On macOS a dialog without a window holds up the whole process, and with
 * it every request, until somebody answers; on a window it does not, and is seen where people are.
 */
import type { BaseWindow, Dialog, MessageBoxOptions, MessageBoxReturnValue } from 'electron';

export interface Questions {
  showMessageBox(options: MessageBoxOptions): Promise<MessageBoxReturnValue>;
}

type Window = Pick<BaseWindow, 'once' | 'removeListener'>;

/** `window`: the one that people see now; without one the question stands alone. Closing the window is the answer that cancels. */
export function questionsOn(dialog: Pick<Dialog, 'showMessageBox'>, window: () => BaseWindow | undefined): Questions {
  return {
    async showMessageBox(options) {
      const parent = window();
      if (parent === undefined) return await dialog.showMessageBox(options);
      const closed = closing(parent);
      try {
        const cancelled = closed.promise.then(() => ({ response: options.cancelId ?? 0, checkboxChecked: false }));
        return await Promise.race([dialog.showMessageBox(parent, options), cancelled]);
      } finally {
        closed.forget();
      }
    },
  };
}

/** Not every system answers for a dialog whose window is gone. */
function closing(window: Window): { readonly promise: Promise<void>; readonly forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onClosed = (): void => resolve();
  window.once('closed', onClosed);
  return { promise, forget: () => window.removeListener('closed', onClosed) };
}
