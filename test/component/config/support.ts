/** What the tests of changes to a real config share: a directory of their own with file and box, and a store on them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfigStore, type ConfigStore } from '../../../main/config/store.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import type { Host } from '../../../main/host/host.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import type { Clock } from '../../../main/kit/clock.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';

/** 2026-11-25T12:00:00Z. */
export const now = Date.UTC(2026, 10, 25, 12);
const clock: Clock = { now: () => now, monotonic: () => performance.now() };

export interface ConfigFile {
  readonly store: ConfigStore;
  readonly host: Host;
  readonly directory: string;
  readonly file: string;
  /** Snapshots as they came into force. */
  readonly applied: Snapshot[];
  text(): string;
  write(text: string): void;
  /** A further store on the same file and box. */
  another(): Promise<ConfigStore>;
  /** What is in the box as it lies on disk; `undefined` of what is not there. */
  secret(id: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openFile(text: string, environment: Record<string, string> = {}): Promise<ConfigFile> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-change-'));
  const file = join(directory, 'sluice.yaml');
  writeFileSync(file, text);
  const applied: Snapshot[] = [];
  const open: ConfigStore[] = [];
  const hostOf = (): Promise<Host> => createNodeHost({ dataDir: directory, environment: { ...environment } });
  const host = await hostOf();
  const silent = (): void => undefined;
  const another = async (): Promise<ConfigStore> => {
    const store = await openConfigStore({
      ...{ file, host, clock, watching: false },
      log: { debug: silent, info: silent, warn: silent, error: silent },
      onSnapshot: (snapshot) => applied.push(snapshot),
    });
    open.push(store);
    return store;
  };
  const store = await another();
  return {
    ...{ store, host, directory, file, applied, another },
    text: () => readFileSync(file, 'utf8'),
    write(changed) {
      writeFileSync(file, changed);
    },
    async secret(id) {
      const reading = await (await hostOf()).secrets.get(id);
      return reading.kind === 'found' ? reading.value.reveal() : undefined;
    },
    async close() {
      for (const one of open) await one.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** `code: message` of what a promise is refused with; fails when it is not. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await errorOf(promise);
  return `${error.code}: ${error.message}`;
}

export async function errorOf(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
