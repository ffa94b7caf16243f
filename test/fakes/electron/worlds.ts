// What runs in a page: the preload script in a world of its own, and what it exposes in the page's. Each function is sent as its source
// text, so it uses nothing from outside itself.
//
// The worlds share no object. They tell each other by events of the document, whose details Chromium clones from one to the other; the
// names of the events are known to these scripts alone, which run before any script of the page.
import { makeCodec, type Codec } from './codec.ts';

/** As marshalled for the other world: functions and promises become numbers. */
type Marshalled =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly Marshalled[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Marshalled])[] }
  | { readonly kind: 'function' | 'promise'; readonly id: number };

interface Outcome {
  readonly ok: boolean;
  readonly value: Marshalled;
}

interface Bridge {
  readonly marshal: (value: unknown) => Marshalled;
  readonly unmarshal: (tree: Marshalled) => unknown;
  readonly tell: (what: string, detail: unknown) => void;
  readonly hear: (what: string, listener: (detail: never) => void) => () => void;
}

/** `mine` and `theirs` are names of the two worlds. */
function makeBridge(secret: string, mine: string, theirs: string): Bridge {
  const target = document;
  const Made = CustomEvent;
  const dispatch = target.dispatchEvent.bind(target);
  const functions: ((...input: unknown[]) => unknown)[] = [];
  const promises = new Map<number, PromiseWithResolvers<unknown>>();
  let promised = 0;
  let reply: Outcome | undefined;

  const tell = (what: string, detail: unknown): void =>
    void dispatch(new Made(`${secret}:${theirs}:${what}`, { detail }));
  const hear = (what: string, listener: (detail: never) => void): (() => void) => {
    const heard = (event: Event): void => listener((event as CustomEvent).detail as never);
    target.addEventListener(`${secret}:${mine}:${what}`, heard);
    return () => target.removeEventListener(`${secret}:${mine}:${what}`, heard);
  };

  function marshal(value: unknown): Marshalled {
    if (typeof value === 'function') {
      functions.push(value as (typeof functions)[0]);
      return { kind: 'function', id: functions.length - 1 };
    }
    if (value instanceof Promise) {
      promised += 1;
      const id = promised;
      const settle = (ok: boolean) => (result: unknown) => tell('settle', { id, ...outcome(ok, result) });
      value.then(settle(true), settle(false));
      return { kind: 'promise', id };
    }
    if (Array.isArray(value)) return { kind: 'list', items: value.map(marshal) };
    const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
    if (prototype === null || prototype === Object.prototype)
      return { kind: 'object', entries: Object.entries(value as object).map(([key, one]) => [key, marshal(one)]) };
    try {
      return { kind: 'value', value: structuredClone(value) };
    } catch {
      throw new TypeError('An object could not be cloned.');
    }
  }

  function outcome(ok: boolean, result: unknown): Outcome {
    try {
      return { ok, value: marshal(result) };
    } catch (error) {
      return { ok: false, value: { kind: 'value', value: error } };
    }
  }

  function unmarshal(tree: Marshalled): unknown {
    if (tree.kind === 'value') return tree.value;
    if (tree.kind === 'list') return tree.items.map(unmarshal);
    if (tree.kind === 'object') return Object.fromEntries(tree.entries.map(([key, one]) => [key, unmarshal(one)]));
    const { id } = tree;
    if (tree.kind === 'promise') {
      const waiting = Promise.withResolvers<unknown>();
      promises.set(id, waiting);
      return waiting.promise;
    }
    return (...input: unknown[]): unknown => {
      reply = undefined;
      tell('call', { id, input: marshal(input) });
      const answered = reply as Outcome | undefined;
      if (answered === undefined) throw new Error('the other world is gone');
      const result = unmarshal(answered.value);
      if (answered.ok) return result;
      throw result instanceof Error ? result : new Error(String(result));
    };
  }

  hear('call', ({ id, input }: { readonly id: number; readonly input: Marshalled }) => {
    let told: Outcome;
    try {
      told = outcome(true, functions[id]?.(...(unmarshal(input) as unknown[])));
    } catch (error) {
      told = outcome(false, error);
    }
    tell('reply', told);
  });
  hear('reply', (told: Outcome) => (reply = told));
  hear('settle', ({ id, ok, value }: Outcome & { readonly id: number }) => {
    const waiting = promises.get(id);
    promises.delete(id);
    const result = unmarshal(value);
    if (ok) waiting?.resolve(result);
    else waiting?.reject(result instanceof Error ? result : new Error(String(result)));
  });
  return { marshal, unmarshal, tell, hear };
}

/** Defines in the page what the preload script exposes. */
function pageWorld({ unmarshal, hear }: Bridge): void {
  if (window !== window.top) return;
  const frozen = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    Object.values(value).forEach(frozen);
    return Object.freeze(value);
  };
  const stop = hear('expose', ({ key, value }: { readonly key: string; readonly value: Marshalled }) => {
    Object.defineProperty(window, key, { value: frozen(unmarshal(value)), enumerable: true });
  });
  hear('loaded', stop);
}

export interface FromMain {
  readonly kind: 'message' | 'reply';
  readonly id: number;
  readonly channel: string;
  readonly input: readonly unknown[];
  readonly error?: string;
}

export interface FromPage {
  readonly kind: 'invoke' | 'send';
  readonly id: number;
  readonly channel: string;
  readonly input: readonly unknown[];
}

type Preload = (require: (name: string) => unknown, module: { exports: object }, exports: object) => void;
type Heard = (event: object, ...input: unknown[]) => void;

/** Electron as a sandboxed preload script sees it; runs it. */
function preloadWorld(codec: Codec, { marshal, tell }: Bridge, names: typeof worldNames, preload: Preload): void {
  if (window !== window.top) return;
  const own = globalThis as unknown as Record<string, unknown>;
  const post = own[names.binding] as (text: string) => void;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const heard = new Map<string, Set<Heard>>();
  let last = 0;

  const send = (kind: FromPage['kind'], channel: string, input: readonly unknown[]): number => {
    last += 1;
    post(codec.encode({ kind, id: last, channel, input }));
    return last;
  };
  const off = (channel: string, listener: Heard): object => {
    heard.get(channel)?.delete(listener);
    return ipcRenderer;
  };
  const ipcRenderer = {
    async invoke(channel: string, ...input: unknown[]): Promise<unknown> {
      const answer = Promise.withResolvers<unknown>();
      waiting.set(send('invoke', channel, input), answer);
      return await answer.promise;
    },
    send: (channel: string, ...input: unknown[]): void => void send('send', channel, input),
    on(channel: string, listener: Heard): object {
      heard.set(channel, (heard.get(channel) ?? new Set()).add(listener));
      return ipcRenderer;
    },
    off,
    removeListener: off,
  };
  Object.defineProperty(own, names.receive, {
    value: (text: string): void => {
      const { kind, id, channel, input, error } = codec.decode(text) as FromMain;
      if (kind === 'message') {
        for (const listener of heard.get(channel) ?? []) listener({ sender: ipcRenderer, ports: [] }, ...input);
        return;
      }
      const answer = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) answer?.resolve(input[0]);
      else answer?.reject(new Error(`Error invoking remote method '${channel}': ${error}`));
    },
  });
  const exposed = new Set<string>();
  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown): void {
      if (exposed.has(key)) throw new Error(`Cannot bind an API on top of an existing property on the window object`);
      exposed.add(key);
      tell('expose', { key, value: marshal(api) });
    },
  };
  const guard = <Part extends object>(name: string, part: Part): Part =>
    new Proxy(part, {
      get(target, property): unknown {
        if (typeof property === 'string' && !(property in target) && property !== 'then' && property !== '__esModule')
          throw new Error(`the Electron stand-in does not implement ${name}.${property}; see test/fakes/electron`);
        return Reflect.get(target, property);
      },
    });
  const electron = guard('electron in a preload script', {
    contextBridge: guard('contextBridge', contextBridge),
    ipcRenderer: guard('ipcRenderer', ipcRenderer),
  });
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer' || name === 'electron/common') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    preload(require, module, module.exports);
  } finally {
    tell('loaded', undefined);
  }
}

export const worldNames = { world: 'Electron Isolated Context', binding: '__toMain', receive: '__fromMain' } as const;

/** The scripts for a page: one for its own world, one for that of the preload script. */
export function worldScripts(secret: string, preload: string): { readonly page: string; readonly preload: string } {
  const text = JSON.stringify;
  const bridge = (mine: string, theirs: string): string =>
    `(${String(makeBridge)})(${text(secret)}, ${text(mine)}, ${text(theirs)})`;
  const own = `function (require, module, exports) {${preload}\n}`;
  return {
    page: `(${String(pageWorld)})(${bridge('page', 'preload')})`,
    preload: `(${String(preloadWorld)})((${String(makeCodec)})(), ${bridge('preload', 'page')}, ${text(worldNames)}, ${own})`,
  };
}
