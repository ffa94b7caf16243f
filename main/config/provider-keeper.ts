/** The life of providers: added, given a key, moved, removed, each in the file, in the box of secrets and in force. */
import type { Document } from 'yaml';
import type { Config } from '../../shared/config/config.ts';
import { kindFacts, type ProviderKind } from '../../shared/config/provider.ts';
import type { ProviderSettings } from '../../shared/config/provider-settings.ts';
import { identifier } from '../../shared/config/values.ts';
import type { ProviderEntry } from '../../shared/contract/providers.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { SecretBox } from '../host/host.ts';
import { nearestNames } from '../kit/nearest.ts';
import type { Secret } from '../kit/secret.ts';
import { borrowedKey } from './borrowed-key.ts';
import { addressOf, credentialTexts, originOf, signedIn } from './change-rules.ts';
import { applyEdit } from './config-edits.ts';
import { rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import { keyName, providerEntries } from './provider-facts.ts';
import { usesOfProvider } from './provider-uses.ts';
import { opened, ownSecret, replaceSecret, secretUses, unusedName, withSecret, type Vault } from './secret-edits.ts';
import { parseReference } from './secrets.ts';

export interface ProviderKeeperNeeds {
  readonly box: SecretBox;
  readonly loaded: () => Loaded;
  /** Runs work that nothing else of the store comes between. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Within a turn; in force when it resolves. */
  readonly change: (change: FileChange) => Promise<FileChanged>;
}

/** Promises may reject with a `GatewayError`; then file and box are as they were. */
export interface ProviderKeeper {
  list(): ProviderEntry[];
  /** Named after its kind unless `id` says otherwise. */
  add(input: NewProvider): Promise<ProviderEntry>;
  /** Of the credential with this name, or the first; a name that it does not have is a further one. */
  setKey(id: string, name: string | undefined, value: Secret): Promise<ProviderEntry>;
  /** What a credential refers to in the environment or a file goes into the box, and the file refers to that. */
  keepKey(id: string, name: string | undefined): Promise<ProviderEntry>;
  /** A credential goes to another origin only when that is confirmed (SEC-40). */
  move(id: string, baseUrl: string, confirmed: boolean): Promise<ProviderEntry>;
  /** Answers which secrets went with it. */
  remove(id: string): Promise<{ id: string; secrets: string[] }>;
}

export interface NewProvider {
  readonly kind: ProviderKind;
  readonly id: string | undefined;
  readonly baseUrl: string | undefined;
  readonly key: Secret | undefined;
  /** Names of its models, where they are known beforehand. */
  readonly models?: readonly string[] | undefined;
}

/** Kinds that need more than an address and a key. */
export const fileOnlyKinds: readonly ProviderKind[] = ['azure-openai', 'bedrock', 'vertex'];

/** What a first key is called. */
const firstKeyName = 'main';

export function createProviderKeeper(needs: ProviderKeeperNeeds): ProviderKeeper {
  const list = (): ProviderEntry[] => providerEntries(needs.loaded());
  const entryOf = (id: string): ProviderEntry => {
    const entry = list().find((provider) => provider.id === id);
    if (entry === undefined)
      throw new GatewayError('internal.bug', `Provider "${id}" is not in the running configuration.`);
    return entry;
  };
  return {
    list,
    add: (input) => needs.inTurn(async () => entryOf(await addProvider(needs, input))),
    setKey: (id, name, value) =>
      needs.inTurn(async () => {
        await setKey(needs, { id, name, value });
        return entryOf(id);
      }),
    keepKey: (id, name) =>
      needs.inTurn(async () => {
        await needs.change(changing(() => undefined));
        const { parsed, resolutions } = needs.loaded();
        await setKey(needs, { id, ...borrowedKey(providerIn(parsed.config, id).settings, name, resolutions) });
        return entryOf(id);
      }),
    move: (id, baseUrl, confirmed) =>
      needs.inTurn(async () => {
        await needs.change(changing((document, config) => moveProvider(document, config, { id, baseUrl, confirmed })));
        return entryOf(id);
      }),
    remove: (id) => needs.inTurn(() => removeProvider(needs, id)),
  };
}

// ---------------------------------------------------------------- add

async function addProvider(needs: ProviderKeeperNeeds, input: NewProvider): Promise<string> {
  const { kind, key, models = [] } = input;
  checkNew(input);
  let id = '';
  await withSecret(
    vault(needs),
    key === undefined ? undefined : { value: key, name: input.id ?? kind },
    async (secretId) => {
      await needs.change(
        changing((document, config) => {
          id = newId(config, input);
          const baseUrl = ownAddress(kind, input.baseUrl);
          const value = {
            id,
            kind,
            ...(baseUrl === undefined ? {} : { base_url: baseUrl }),
            ...(secretId === undefined ? {} : { keys: [{ name: firstKeyName, value: `secret:${secretId}` }] }),
            ...(models.length === 0 ? {} : { models: [...models] }),
          };
          applyEdit(document, { op: 'insert', path: ['providers', config.providers.length], value });
        }),
      );
    },
  );
  return id;
}

function checkNew({ kind, id, baseUrl }: NewProvider): void {
  const { label } = kindFacts[kind];
  if (kind === 'demo') throw refused('The demo provider is always there.');
  if (fileOnlyKinds.includes(kind))
    throw refused(`${label} needs more than an address and a key. Write the provider into the config file.`);
  if (id !== undefined && !identifier.safeParse(id).success)
    throw invalid('That is no usable name: use 1 to 63 letters, digits, ".", "_" or "-", the first a letter or digit.');
  if (id === 'demo') throw refused('"demo" is the name of the built-in provider. Choose another.');
  if (baseUrl !== undefined) checkAddress(baseUrl);
  else if (kindFacts[kind].baseUrl === undefined) throw invalid(`${label} needs an address: give base_url.`);
}

function newId({ providers }: Config, { id, kind }: NewProvider): string {
  const taken = new Set(['demo', ...providers.map((provider) => provider.id)]);
  if (id === undefined) return unusedName(kind, taken);
  if (taken.has(id)) throw refused(`There is a provider "${id}" already. Choose another name.`);
  return id;
}

/** `undefined` for the address that the kind has anyway. */
function ownAddress(kind: ProviderKind, baseUrl: string | undefined): string | undefined {
  return baseUrl?.replace(/\/+$/, '') === kindFacts[kind].baseUrl ? undefined : baseUrl;
}

// ---------------------------------------------------------------- keys

async function setKey(
  needs: ProviderKeeperNeeds,
  { id, name, value }: { readonly id: string; readonly name: string | undefined; readonly value: Secret },
): Promise<void> {
  const { box, change } = needs;
  // First up to what the file says now: which secret is replaced is decided by that.
  await change(changing(() => undefined));
  const { config } = needs.loaded().parsed;
  const { settings, index } = providerIn(config, id);
  if (settings.kind === 'demo') throw refused('The demo provider needs no key.');
  const keys = settings.keys ?? [];
  const at = name === undefined ? 0 : keys.findIndex((key, place) => keyName(key, place) === name);
  const key = keys[at];
  if (key !== undefined && key.value === undefined)
    throw refused(`Key "${keyName(key, at)}" of provider "${id}" is no single value. Change it in the config file.`);
  if (name !== undefined && key === undefined && !identifier.safeParse(name).success)
    throw invalid('That is no usable name of a key: use letters, digits, ".", "_" or "-".');
  const own = ownSecret(config, key);
  if (own !== undefined) {
    await replaceSecret(box, own, value, () => change(changing(() => undefined)));
    return;
  }
  await withSecret(vault(needs), { value, name: id }, async (secretId) => {
    await change(
      changing((document, now) => {
        // Whoever saves meanwhile moves things: a key that is not where it was is looked for again by whoever asked.
        if (JSON.stringify(now.providers[index]) !== JSON.stringify(settings))
          throw refused(`Provider "${id}" was changed in the config file meanwhile. Try again.`);
        const path = ['providers', index, 'keys'];
        const reference = `secret:${secretId ?? ''}`;
        const fresh = { name: name ?? firstKeyName, value: reference };
        if (key !== undefined) applyEdit(document, { op: 'set', path: [...path, at, 'value'], value: reference });
        else applyEdit(document, { op: 'insert', path: [...path, keys.length], value: fresh });
      }),
    );
  });
}

// ---------------------------------------------------------------- move and remove

function moveProvider(
  document: Document,
  config: Config,
  { id, baseUrl, confirmed }: { readonly id: string; readonly baseUrl: string; readonly confirmed: boolean },
): void {
  const { settings, index } = providerIn(config, id);
  if (settings.kind === 'demo') throw refused('The demo provider has no address.');
  checkAddress(baseUrl);
  const path = ['providers', index, 'base_url'];
  const own = ownAddress(settings.kind, baseUrl);
  const after = { ...settings, base_url: own };
  const [from, to] = [settings, after].map((one) => originOf(addressOf(one)));
  if (from !== to) refuseBorrowed(settings);
  if (from !== to && !confirmed && credentialTexts(settings).length > 0) {
    throw new GatewayError(
      'control.refused',
      `The key of provider "${id}" was entered for ${from ?? 'another address'} and would be sent to ${to ?? 'another address'} from now on. Confirm that to move it.`,
      { details: { from: from ?? null, to: to ?? null } },
    );
  }
  if (own !== undefined) applyEdit(document, { op: 'set', path, value: own });
  else if (settings.base_url !== undefined) applyEdit(document, { op: 'remove', path });
}

/** What the environment, a file or an account of this machine holds was not entered for us: to send it elsewhere is for the file to say. */
function refuseBorrowed(settings: ProviderSettings): void {
  const borrowed = credentialTexts(settings).find(
    (text) => text === signedIn || ['env', 'file'].includes(parseReference(text).kind),
  );
  if (borrowed === undefined) return;
  throw refused(
    `${borrowed === signedIn ? 'The Google account' : borrowed} of provider "${settings.id}" may go to another address only where the config file says so: change base_url there, or enter a key first.`,
  );
}

async function removeProvider(needs: ProviderKeeperNeeds, id: string): Promise<{ id: string; secrets: string[] }> {
  let secrets: readonly string[] = [];
  await needs.change(
    changing((document, config) => {
      const { settings, index } = providerIn(config, id);
      const uses = usesOfProvider(config, id);
      if (uses.length > 0)
        throw refused(`Provider "${id}" is needed by ${uses.join(', ')}. Change that first, then remove it.`);
      secrets = secretsOf(settings);
      applyEdit(document, { op: 'remove', path: ['providers', index] });
    }),
  );
  const used = secretUses(needs.loaded().parsed.config);
  const removed: string[] = [];
  for (const secret of secrets) {
    if (used.has(secret)) continue;
    if (await opened(() => needs.box.delete(secret))) removed.push(secret);
  }
  return { id, secrets: removed };
}

function secretsOf({ keys = [] }: ProviderSettings): readonly string[] {
  const texts = keys.flatMap(({ value, access_key_id, secret_access_key, session_token, service_account }) => [
    ...[value, access_key_id, secret_access_key, session_token, service_account],
  ]);
  const ids = texts.flatMap((text) => {
    const reference = text === undefined ? undefined : parseReference(text);
    return reference?.kind === 'secret' ? [reference.id] : [];
  });
  return [...new Set(ids)];
}

// ---------------------------------------------------------------- small things

function changing(change: (document: Document, config: Config) => void): FileChange {
  return {
    *rewrite({ document, config, habits }, text) {
      const before = JSON.stringify(document.toJS());
      change(document, config);
      return JSON.stringify(document.toJS()) === before ? text : yield* rewritten(document, habits);
    },
  };
}

function providerIn(config: Config, id: string): { readonly settings: ProviderSettings; readonly index: number } {
  const index = config.providers.findIndex((provider) => provider.id === id);
  const settings = config.providers[index];
  if (settings !== undefined) return { settings, index };
  if (id === 'demo') throw refused('The demo provider is always there, as it is.');
  const near = nearestNames(
    id,
    config.providers.map((provider) => provider.id),
    3,
  );
  const hint = near.length === 0 ? '' : ` Is it ${near.join(' or ')}?`;
  throw new GatewayError('control.not_found', `There is no provider "${id}".${hint}`);
}

function vault({ box, loaded }: ProviderKeeperNeeds): Vault {
  return { box, config: loaded().parsed.config };
}

function checkAddress(baseUrl: string): void {
  // Not repeated: an address that does not parse may hold anything.
  if (originOf(baseUrl) === undefined) throw invalid('base_url is not an http or https address.');
}

function refused(message: string): GatewayError {
  return new GatewayError('control.refused', message);
}

function invalid(message: string): GatewayError {
  return new GatewayError('control.invalid_input', message);
}
