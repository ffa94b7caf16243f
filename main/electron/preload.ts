/** The only thing the page sees of Electron: two functions. Runs in a world of its own, in the sandbox. */
import { contextBridge, ipcRenderer } from 'electron';
import { channels } from './channels.ts';

const listeners = new Set<(event: unknown) => void>();

ipcRenderer.on(channels.events, (_event, list: readonly unknown[]) => {
  try {
    for (const event of list) for (const listener of listeners) listener(event);
  } finally {
    // Whatever a listener makes of one: without this word no more would come.
    ipcRenderer.send(channels.taken);
  }
});

contextBridge.exposeInMainWorld('sluice', {
  call: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke(channels.call, name, input),
  onEvent(listener: (event: unknown) => void): () => void {
    listeners.add(listener);
    if (listeners.size === 1) ipcRenderer.send(channels.listen);
    return () => {
      listeners.delete(listener);
    };
  },
});
