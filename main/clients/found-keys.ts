/** API keys that are on this machine already: in the environment and in other tools' files. Read, never changed. */
import { createHmac } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { kindFacts, providerKinds, type ProviderKind } from '../../shared/config/provider.ts';
import type { Host } from '../host/host.ts';
import { Secret } from '../kit/secret.ts';
import { within } from '../kit/within.ts';
import { keyFiles, type KeyEntry } from './key-files.ts';
import { hintOf, unfitKey } from './key-shape.ts';
import { readSmall } from './read-small.ts';

export interface KeyPlaces {
  readonly host: Pick<Host, 'environment' | 'installKey'>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Whether a value opens this gateway. */
  readonly isOurs: (value: string) => boolean;
  readonly log: { debug(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export interface KeyOnMachine {
  /** Says nothing of the value, and is another one as soon as the value is. */
  readonly id: string;
  readonly kind: ProviderKind;
  readonly source: string;
  readonly value: Secret;
  readonly hint: string;
}

/** Files on a slow network drive must not hold a page. */
const longestMs = 2_000;

/** Where SDKs take another address from: a key beside one was entered for that address and goes nowhere else (SEC-40). */
const baseVariables: Partial<Readonly<Record<ProviderKind, readonly string[]>>> = {
  openai: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  anthropic: ['ANTHROPIC_BASE_URL'],
  gemini: ['GOOGLE_GEMINI_BASE_URL'],
};

interface Candidate extends KeyEntry {
  readonly source: string;
}

/** Each key once, where it was found first: the environment, then the files in a fixed order. Never rejects. */
export async function findKeys(places: KeyPlaces): Promise<readonly KeyOnMachine[]> {
  const found = new Map<string, KeyOnMachine>();
  for (const candidate of [...inEnvironment(places), ...(await inFiles(places))]) {
    const { kind, value, source } = candidate;
    const why = unfitKey(value, places.isOurs) ?? (belongsElsewhere(candidate) ? 'for another address' : undefined);
    if (why !== undefined) {
      if (why !== 'empty') places.log.debug('a key that was found is not offered', { source, kind, why });
      continue;
    }
    const same = `${kind} ${value}`;
    if (found.has(same)) continue;
    found.set(same, { id: idOf(candidate, places), kind, source, value: new Secret(value), hint: hintOf(value) });
  }
  return [...found.values()];
}

/** Kinds that a key alone makes a provider of: others need a region, a project or an address as well. */
function isEnough(kind: ProviderKind): boolean {
  const { baseUrl } = kindFacts[kind];
  return baseUrl !== undefined && !baseUrl.includes('{') && kind !== 'demo' && !kindFacts[kind].local;
}

function inEnvironment({ host }: KeyPlaces): readonly Candidate[] {
  return providerKinds.filter(isEnough).flatMap((kind) => {
    const base = baseVariables[kind]?.map((name) => host.environment(name)).find((value) => (value ?? '') !== '');
    return kindFacts[kind].keyEnv.flatMap((name) => {
      const value = host.environment(name)?.trim();
      return value === undefined ? [] : [{ kind, value, base, source: `${name} in the environment` }];
    });
  });
}

async function inFiles({ home, platform, log }: KeyPlaces): Promise<readonly Candidate[]> {
  const read = new Map<string, readonly Candidate[]>();
  const files = keyFiles.filter(({ platforms }) => platforms?.includes(platform) ?? true);
  const work = async (): Promise<void> => {
    const realHome = await realpath(home);
    await Promise.all(
      files.map(async (file) => {
        const source = `~/${file.path}`;
        const content = await readSmall(join(home, file.path), realHome);
        if (content.kind === 'skipped') log.debug('a file of another tool is not read', { source, why: content.why });
        if (content.kind !== 'text') return;
        try {
          read.set(
            file.path,
            file
              .read(content.text)
              .filter(({ kind }) => isEnough(kind))
              .map((entry) => ({ ...entry, source })),
          );
        } catch {
          // What a parser says may quote the text.
          log.debug('a file of another tool is not read', { source, why: 'not in its format' });
        }
      }),
    );
  };
  await within(
    longestMs,
    work().catch(() => log.debug('the files of other tools are not read', { why: 'the home folder cannot be found' })),
  );
  return files.flatMap(({ path }) => read.get(path) ?? []);
}

function belongsElsewhere({ kind, base }: KeyEntry): boolean {
  if (base === undefined || base === '') return false;
  // Some tools write a host without its scheme.
  const url = base.includes('://') ? base : `https://${base}`;
  return !URL.canParse(url) || new URL(url).origin !== new URL(kindFacts[kind].baseUrl ?? '').origin;
}

function idOf({ kind, value, source }: Candidate, { host }: KeyPlaces): string {
  const digest = createHmac('sha256', host.installKey.reveal()).update(JSON.stringify(['found', kind, source, value]));
  return `key-${kind}-${digest.digest('hex').slice(0, 24)}`;
}
