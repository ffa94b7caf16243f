/** What is on this machine already (keys, model servers, clients), and taking it over as providers. */
import type { ProviderKind } from '../../shared/config/provider.ts';
import type { ProviderEntry } from '../../shared/contract/providers.ts';
import type { FoundClient, FoundKey, FoundServer } from '../../shared/contract/setup.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import type { Secret } from '../kit/secret.ts';
import { clientCatalogue } from './catalogue.ts';
import type { Detect } from './detect.ts';
import { findKeys, type KeyOnMachine, type KeyPlaces } from './found-keys.ts';
import { findServers, usualPorts, type ServerOnMachine, type ServerSearch } from './found-servers.ts';

/** The part of the providers' keeper that is used here. */
export interface SetupProviders {
  list(): readonly Pick<ProviderEntry, 'id' | 'kind' | 'base_url' | 'keys'>[];
  add(input: {
    readonly kind: ProviderKind;
    readonly id: string | undefined;
    readonly baseUrl: string | undefined;
    readonly key: Secret | undefined;
    readonly models?: readonly string[] | undefined;
  }): Promise<{ readonly id: string }>;
}

export interface SetupOptions extends Omit<KeyPlaces, 'log'> {
  readonly providers: SetupProviders;
  readonly detect: Detect;
  /** Ports that this instance listens on. */
  readonly ownPorts: () => readonly number[];
  readonly log: KeyPlaces['log'] & { error(message: string, fields?: Readonly<Record<string, unknown>>): void };
  /** Default: the usual ones. */
  readonly ports?: ServerSearch['ports'] | undefined;
}

export interface Setup {
  found(): Promise<{ keys: FoundKey[]; servers: FoundServer[]; clients: FoundClient[] }>;
  /** Ids of what is there now, looked for again: what was found before and is gone or changed fails, and stops nothing else. */
  import(ids: readonly string[]): Promise<{ added: string[]; failed: { id: string; message: string }[] }>;
}

export function createSetup(options: SetupOptions): Setup {
  const { providers, detect, ownPorts, ports = usualPorts, log } = options;
  const look = async (): Promise<readonly [readonly KeyOnMachine[], readonly ServerOnMachine[]]> =>
    Promise.all([findKeys(options), findServers({ ports, ownPorts: ownPorts() })]);
  return {
    async found() {
      const [[keys, servers], installed] = await Promise.all([look(), detect()]);
      const configured = providers.list();
      return {
        keys: keys.map(({ id, kind, source, hint }) => ({
          ...{ id, kind, label: kindFacts[kind].label, source, hint },
          known: configured.some((provider) => provider.kind === kind && provider.keys.length > 0),
        })),
        servers: servers.map(({ id, kind, label, baseUrl, models }) => ({
          ...{ id, kind, label, base_url: baseUrl, models: models.length },
          known: configured.some((provider) => isSameServer(provider.base_url, baseUrl)),
        })),
        clients: clientCatalogue.flatMap(({ id, name }) => {
          const where = installed.get(id);
          return where === undefined ? [] : [{ id, name, where }];
        }),
      };
    },
    async import(ids) {
      const [keys, servers] = await look();
      const added: string[] = [];
      const failed: { id: string; message: string }[] = [];
      for (const id of new Set(ids)) {
        const wish = wishOf(id, { keys, servers, providers });
        if (wish === undefined) {
          failed.push({ id, message: 'It is not there any more, or not as it was: look again.' });
          continue;
        }
        try {
          added.push((await providers.add(wish)).id);
        } catch (error) {
          if (!(error instanceof GatewayError)) log.error('what was found could not be added', { id, error });
          failed.push({
            id,
            message: error instanceof GatewayError ? error.message : 'It could not be added; the log says why.',
          });
        }
      }
      return { added, failed };
    },
  };
}

interface WishParts {
  readonly keys: readonly KeyOnMachine[];
  readonly servers: readonly ServerOnMachine[];
  readonly providers: SetupProviders;
}

/** What to add for an id; `undefined` when nothing of that id is there. */
function wishOf(id: string, { keys, servers, providers }: WishParts): Parameters<SetupProviders['add']>[0] | undefined {
  const key = keys.find((one) => one.id === id);
  if (key !== undefined) return { kind: key.kind, id: undefined, baseUrl: undefined, key: key.value };
  const server = servers.find((one) => one.id === id);
  if (server === undefined) return undefined;
  const { kind, name, baseUrl, models } = server;
  // "jan" says more than "openai-compatible", where nobody has that name.
  const isFree = !providers.list().some((provider) => provider.id === name);
  return { kind, id: kind !== name && isFree ? name : undefined, baseUrl, key: undefined, models: usable(models) };
}

/** More names than this are no help to anybody who chooses; a name is one line. */
const mostModels = 100;

function usable(models: readonly string[]): readonly string[] {
  return models.filter((model) => /^[\x21-\x7e]{1,200}$/.test(model)).slice(0, mostModels);
}

/** People write this machine in more than one way. */
function isSameServer(configured: string, found: string): boolean {
  if (!URL.canParse(configured)) return false;
  const url = new URL(configured);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return isHere && url.port === new URL(found).port;
}
