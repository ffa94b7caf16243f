/** The life of virtual keys: made, changed, rotated, disabled, revoked, each in the file and in force when it resolves. */
import type { Document } from 'yaml';
import type { KeyEntry, KeySettingsChange } from '../../shared/contract/keys.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import {
  addKey,
  changeKey,
  forgetPrevious,
  keyIds,
  removeKey,
  secretsOfKey,
  type KeyFields,
  type PreviousSecret,
} from './key-edits.ts';
import { digestOf, keyIdFor, mintKey, type KeyRandom, type MintedKey } from './keys.ts';
import { parseReference } from './secrets.ts';

export interface KeyKeeperNeeds {
  readonly random: KeyRandom;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the running configuration. */
  readonly list: () => KeyEntry[];
  /** As of the store: `change` may run more than once, each time on a fresh document. */
  readonly edit: (change: (document: Document) => void) => Promise<void>;
}

/** Where a key that is asked for does not exist the answer is `undefined`, and nothing was changed. */
export interface KeyKeeper {
  list(): KeyEntry[];
  /** `key` is not kept. */
  create(request: KeySettingsChange & { readonly name: string }): Promise<KeyEntry & { readonly key: string }>;
  update(id: string, change: KeySettingsChange & { readonly name?: string | undefined }): Promise<KeyEntry | undefined>;
  /** `key` is not kept. Without overlap whatever opened before opens nothing any more. */
  rotate(id: string, overlapMs: number): Promise<(KeyEntry & { readonly key: string }) | undefined>;
  setDisabled(id: string, disabled: boolean): Promise<KeyEntry | undefined>;
  /** `false` when there is no such key. */
  revoke(id: string): Promise<boolean>;
}

export function createKeyKeeper(needs: KeyKeeperNeeds): KeyKeeper {
  const { random, now, list } = needs;
  const entryOf = (id: string): KeyEntry => {
    const entry = list().find((key) => key.id === id);
    if (entry === undefined) throw new GatewayError('internal.bug', `Key "${id}" is not in the running configuration.`);
    return entry;
  };
  const edit = (change: (document: Document) => void): Promise<void> =>
    needs.edit((document) => {
      forgetPrevious(document, now());
      change(document);
    });
  const change = async (id: string, work: (document: Document) => boolean): Promise<KeyEntry | undefined> => {
    let found = false;
    await edit((document) => {
      found = work(document);
    });
    return found ? entryOf(id) : undefined;
  };
  return {
    list,
    async create({ name, ...settings }) {
      let made: MintedKey | undefined;
      await edit((document) => {
        const minted = mintKey(random, keyIdFor(name, new Set(keyIds(document))));
        made = minted;
        const own = { name: minted.id === name ? undefined : name, value: digestText(minted.sha256) };
        addKey(document, minted.id, { ...own, ...fieldsOf(settings) });
      });
      return withSecret(made, entryOf);
    },
    update: (id, { name, ...settings }) =>
      change(id, (document) => changeKey(document, id, { name, ...fieldsOf(settings) })),
    async rotate(id, overlapMs) {
      let made: MintedKey | undefined;
      const entry = await change(id, (document) => {
        const before = secretsOfKey(document, id);
        if (before === undefined) return false;
        made = mintKey(random, id);
        const previous = overlapMs > 0 ? [...before.previous, stillOpen(before.value, now() + overlapMs)] : null;
        return changeKey(document, id, { value: digestText(made.sha256), previous });
      });
      return entry === undefined ? undefined : withSecret(made, entryOf);
    },
    setDisabled: (id, disabled) =>
      change(id, (document) => changeKey(document, id, { disabled: disabled ? true : null })),
    async revoke(id) {
      let found = list().some((key) => key.id === id);
      await edit((document) => {
        // A key that only the file has, or only the running snapshot, is gone from both afterwards.
        found = removeKey(document, id) || found;
      });
      return found;
    },
  };
}

function withSecret(
  made: MintedKey | undefined,
  entryOf: (id: string) => KeyEntry,
): KeyEntry & { readonly key: string } {
  if (made === undefined) throw new GatewayError('internal.bug', 'The file was not changed.');
  return { ...entryOf(made.id), key: made.key.reveal() };
}

/** A secret written out is kept as its digest: to compare with it needs no more. Whole seconds are easier to read. */
function stillOpen(value: string, until: number): PreviousSecret {
  const reference = parseReference(value);
  return {
    value: reference.kind === 'literal' ? digestText(digestOf(reference.value.reveal()).toString('hex')) : value,
    until: new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
  };
}

function digestText(sha256: string): string {
  return `sha256:${sha256}`;
}

/** As the file names them. */
function fieldsOf(settings: KeySettingsChange): KeyFields {
  const { rpm, tpm, max_parallel_requests } = settings;
  return {
    allowed_models: settings.models,
    denied_models: settings.denied_models,
    allowed_providers: settings.providers,
    denied_providers: settings.denied_providers,
    allowed_surfaces: settings.surfaces,
    denied_surfaces: settings.denied_surfaces,
    allowed_origins: settings.origins,
    budgets:
      settings.budgets?.map((budget) =>
        Object.fromEntries(Object.entries(budget).filter(([, value]) => value !== undefined)),
      ) ?? (settings.budgets === null ? null : undefined),
    rate_limits: { rpm, tpm, max_parallel_requests },
    metadata: settings.metadata,
    expires_at: settings.expires_at,
  };
}
