/** The clients of this machine: which are connected, a virtual key for each, and what to set in each. */
import type { ClientEntry } from '../../shared/contract/clients.ts';
import type { KeyEntry, KeySettingsChange } from '../../shared/contract/keys.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { clientCatalogue } from './catalogue.ts';
import { fillSettings, keyPlaceholder, type ClientFacts } from './client-facts.ts';
import type { Detect } from './detect.ts';

/** The part of the key keeper that is used here. */
export interface ClientKeys {
  list(): KeyEntry[];
  create(request: KeySettingsChange & { readonly name: string }): Promise<KeyEntry & { readonly key: string }>;
  update(id: string, change: KeySettingsChange): Promise<KeyEntry | undefined>;
  rotate(id: string, overlapMs: number): Promise<(KeyEntry & { readonly key: string }) | undefined>;
  setDisabled(id: string, disabled: boolean): Promise<KeyEntry | undefined>;
  revoke(id: string): Promise<boolean>;
}

export interface ClientsOptions {
  readonly keys: ClientKeys;
  /** Where the data port listens. */
  readonly urls: () => readonly string[];
  /** The newest exchange that came with this key. */
  readonly lastOf: (keyId: string) => Promise<LastExchange | undefined>;
  readonly detect: Detect;
  readonly platform: NodeJS.Platform;
  /** What stands in settings as the model. */
  readonly defaultModel: () => string;
  readonly log: { debug(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export type LastExchange = Pick<ExchangeEntry, 'request_id' | 'at' | 'target' | 'status'>;

export interface Clients {
  /** Connected ones first, then those found here, then the others, each in the order of the catalogue. */
  list(): Promise<ClientEntry[]>;
  /** Rejects with `control.not_found` and `control.refused`. */
  connect(id: string): Promise<ClientEntry & { key_value: string }>;
  /** Rejects with `control.not_found`. */
  disconnect(id: string): Promise<ClientEntry>;
}

export function createClients(options: ClientsOptions): Clients {
  const { keys, detect } = options;
  /** Changes one after the other: two at once would make two keys for one client. */
  let work: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(change: () => Promise<Value>): Promise<Value> => {
    const result = work.then(change);
    work = result.catch(() => undefined);
    return result;
  };
  const entryNow = async (facts: ClientFacts, key: string | undefined): Promise<ClientEntry> =>
    entryOf(facts, key, await detect(), options);
  return {
    async list() {
      const installed = await detect();
      const entries = await Promise.all(clientCatalogue.map((facts) => entryOf(facts, undefined, installed, options)));
      return entries.sort((a, b) => rank(a) - rank(b));
    },
    connect: (id) =>
      inTurn(async () => {
        const facts = factsOf(id);
        if (facts.support === 'none') {
          throw new GatewayError(
            'control.refused',
            `${facts.name} cannot go through Sluice. ${facts.reason ?? ''}`.trim(),
          );
        }
        const value = await newSecret(facts, keys);
        return { ...(await entryNow(facts, value)), key_value: value };
      }),
    disconnect: (id) =>
      inTurn(async () => {
        const facts = factsOf(id);
        const own = keysOf(id, keys);
        if (own.length === 0) throw new GatewayError('control.not_found', `${facts.name} has no key to revoke.`);
        for (const key of own) await keys.revoke(key.id);
        return entryNow(facts, undefined);
      }),
  };
}

function factsOf(id: string): ClientFacts {
  const facts = clientCatalogue.find((client) => client.id === id);
  if (facts !== undefined) return facts;
  throw new GatewayError('control.not_found', `There is no client "${id}". clients.list names them.`);
}

/** Keys whose metadata names this client, those that open something first. */
function keysOf(id: string, keys: ClientKeys): readonly KeyEntry[] {
  const opens = ({ state }: KeyEntry): number => Number(state === 'disabled' || state === 'expired');
  return keys
    .list()
    .filter((key) => key.metadata['client'] === id)
    .sort((a, b) => opens(a) - opens(b));
}

/** A new secret for the client's key, which opens when this resolves; what it had before opens nothing any more. */
async function newSecret(facts: ClientFacts, keys: ClientKeys): Promise<string> {
  const own = keysOf(facts.id, keys)[0];
  if (own !== undefined) {
    // Before its new secret is there, so that neither is shown to somebody whom it would not serve.
    if (own.state === 'expired') await keys.update(own.id, { expires_at: null });
    const rotated = await keys.rotate(own.id, 0);
    if (rotated !== undefined) {
      if (rotated.state === 'disabled') await keys.setDisabled(own.id, false);
      return rotated.key;
    }
    // Somebody revoked it in between.
  }
  return (await keys.create({ name: facts.name, metadata: { client: facts.id } })).key;
}

async function entryOf(
  facts: ClientFacts,
  secret: string | undefined,
  installed: ReadonlyMap<string, string>,
  options: ClientsOptions,
): Promise<ClientEntry> {
  const { id, name, support, reason, restart, check } = facts;
  const key = keysOf(id, options.keys)[0];
  const filling = {
    root: rootOf(options.urls()),
    key: secret ?? keyPlaceholder,
    model: options.defaultModel(),
    platform: options.platform,
  };
  return {
    ...{ id, name, support, reason },
    installed: installed.get(id) ?? null,
    key: key === undefined ? null : { id: key.id, state: key.state },
    last: key === undefined ? null : await lastOf(key.id, options),
    settings: fillSettings(facts, filling),
    ...{ restart, check },
  };
}

async function lastOf(keyId: string, { lastOf: ask, log }: ClientsOptions): Promise<ClientEntry['last']> {
  try {
    const last = await ask(keyId);
    if (last === undefined) return null;
    const { request_id, at, target, status } = last;
    return { request_id, at, target, status };
  } catch (error) {
    // The ledger says elsewhere what is wrong with it; keys and settings are worth showing all the same.
    log.debug('the last request of a key is not known', { key: keyId, error: String(error) });
    return null;
  }
}

function rank({ key, installed }: ClientEntry): number {
  if (key !== null) return 0;
  return installed === null ? 2 : 1;
}

/** The address to write down: numbers, since names and IPv6 are read in more than one way (CLI-20). */
export function rootOf(urls: readonly string[]): string {
  const parsed = urls.flatMap((url) => (URL.canParse(url) ? [new URL(url)] : []));
  const best = parsed.find(({ hostname }) => hostname === '127.0.0.1') ?? parsed[0];
  if (best === undefined) return 'http://127.0.0.1:4790';
  // A listener on every address is reached by the one of this machine.
  if (['0.0.0.0', '[::]', 'localhost'].includes(best.hostname)) best.hostname = '127.0.0.1';
  return best.origin;
}
