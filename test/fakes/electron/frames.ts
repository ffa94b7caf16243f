// The frames of a page, as Electron shows them to main: a new object for each document.
import { EventEmitter } from 'node:events';
import type { WebFrameMain } from 'electron';
import { fromPage, originOf } from './addresses.ts';
import type { Cdp } from './cdp.ts';
import { guarded, type Members } from './guarded.ts';
import { worldNames } from './worlds.ts';

export interface FrameFacts {
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly url: string;
}

interface Context {
  readonly id: number;
  readonly name: string;
  readonly auxData: { readonly frameId: string; readonly isDefault: boolean };
}

let numbered = 0;

class Frame extends EventEmitter {
  readonly routingId: number;
  readonly frameTreeNodeId: number;
  readonly processId = 1;
  readonly name: string;
  url: string;
  private readonly frames_: Frames;
  private readonly id_: string;
  private readonly parentId_: string | undefined;

  constructor(frames: Frames, { id, parentId, name = '', url }: FrameFacts) {
    super();
    numbered += 1;
    this.routingId = numbered;
    this.frameTreeNodeId = frames.numberOf(id);
    this.name = name;
    this.url = url;
    this.frames_ = frames;
    this.id_ = id;
    this.parentId_ = parentId;
  }
  get origin(): string {
    return originOf(this.url);
  }
  get parent(): WebFrameMain | null {
    return this.parentId_ === undefined ? null : (this.frames_.current(this.parentId_) ?? null);
  }
  get top(): WebFrameMain | null {
    return this.frames_.main() ?? null;
  }
  get frames(): WebFrameMain[] {
    return this.frames_.childrenOf(this.id_);
  }
  get detached(): boolean {
    return this.isDestroyed();
  }
  isDestroyed(): boolean {
    return this.frames_.current(this.id_)?.routingId !== this.routingId;
  }
}

/** Follows the frames of one page. */
export class Frames {
  private readonly byId = new Map<string, { readonly frame: WebFrameMain; readonly facts: FrameFacts }>();
  private readonly numbers = new Map<string, number>();
  private readonly contexts = new Map<number, Context>();

  constructor(cdp: Cdp, session: string) {
    cdp.on('Page.frameNavigated', session, ({ frame }: { readonly frame: FrameFacts }) => this.enter(frame));
    cdp.on('Page.navigatedWithinDocument', session, ({ frameId, url }: { frameId: string; url: string }) => {
      const known = this.byId.get(frameId)?.frame as unknown as { url: string } | undefined;
      if (known !== undefined) known.url = fromPage(url);
    });
    cdp.on(
      'Page.frameAttached',
      session,
      ({ frameId: id, parentFrameId: parentId }: { frameId: string; parentFrameId: string }) =>
        this.enter({ id, parentId, url: '' }),
    );
    cdp.on('Page.frameDetached', session, ({ frameId, reason }: { frameId: string; reason: string }) => {
      if (reason === 'remove') this.byId.delete(frameId);
    });
    cdp.on('Runtime.executionContextCreated', session, ({ context }: { readonly context: Context }) =>
      this.contexts.set(context.id, context),
    );
    cdp.on('Runtime.executionContextDestroyed', session, ({ executionContextId }: { executionContextId: number }) =>
      this.contexts.delete(executionContextId),
    );
    cdp.on('Runtime.executionContextsCleared', session, () => this.contexts.clear());
  }

  numberOf(id: string): number {
    const known = this.numbers.get(id) ?? this.numbers.size + 1;
    this.numbers.set(id, known);
    return known;
  }

  current(id: string): WebFrameMain | undefined {
    return this.byId.get(id)?.frame;
  }

  main(): WebFrameMain | undefined {
    for (const { frame, facts } of this.byId.values()) if (facts.parentId === undefined) return frame;
    return undefined;
  }

  isMain(id: string): boolean {
    const known = this.byId.get(id);
    return known === undefined || known.facts.parentId === undefined;
  }

  childrenOf(id: string): WebFrameMain[] {
    return [...this.byId.values()].filter(({ facts }) => facts.parentId === id).map(({ frame }) => frame);
  }

  /** Whose document a context of the preload script's world is. */
  ofContext(contextId: number): WebFrameMain | undefined {
    const context = this.contexts.get(contextId);
    return context === undefined ? undefined : this.current(context.auxData.frameId);
  }

  /** Where the preload script of the page runs; `undefined` while there is none. */
  preloadContext(): number | undefined {
    for (const { id, name, auxData } of this.contexts.values())
      if (name === worldNames.world && this.isMain(auxData.frameId)) return id;
    return undefined;
  }

  /** With the document that the page is made with. */
  begin(facts: FrameFacts): void {
    if (!this.byId.has(facts.id)) this.enter(facts);
  }

  private enter(facts: FrameFacts): void {
    const typed: Members<WebFrameMain> = new Frame(this, { ...facts, url: fromPage(facts.url) });
    this.byId.set(facts.id, { facts, frame: guarded('WebFrameMain', typed) as WebFrameMain });
  }
}
