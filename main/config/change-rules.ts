/** What only the file may say: references to files, secrets written out, and where a credential travels. */
import type { Config } from '../../shared/config/config.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import type { ProviderSettings } from '../../shared/config/provider-settings.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { baseUrlOf, implicitReferences } from './compile-provider.ts';
import { filesNamed } from './policy-files.ts';
import { privateHeaders, privateValues, withoutCredentials } from './private-values.ts';
import { parseReference, secretTextsOf, secretTextsOfVirtualKey } from './secrets.ts';

/** Throws `control.refused` when a change brings in what the window may not. What was there before may stay where it was. */
export function checkChange(before: Config, after: Config): void {
  checkFiles(before, after);
  checkCredentials(before, after);
  checkAddresses(before, after);
}

/** Where a provider is called. */
export function addressOf(settings: ProviderSettings): string {
  return baseUrlOf(settings, kindFacts[settings.kind]);
}

/** The part of an address that a credential is bound to; `undefined` of what is no address. */
export function originOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url.origin;
}

function checkFiles(before: Config, after: Config): void {
  const [was, is] = [filesNamed(before), filesNamed(after)];
  for (const name of ['terms_files', 'env_files'] as const) {
    if (is[name].every((path) => was[name].includes(path))) continue;
    throw refused(`masking.${name} names files, which only the config file may: write the path there.`);
  }
}

/** Whose own keys these are: they are sent nowhere. */
const ourselves = 'our own keys';

/** Each credential may go where it went before, and nowhere else (SEC-40). */
function checkCredentials(before: Config, after: Config): void {
  const places = new Map<string, Set<string>>();
  const note = (text: string, place: string): void => {
    places.set(text, (places.get(text) ?? new Set()).add(place));
  };
  for (const text of before.virtual_keys.flatMap(secretTextsOfVirtualKey)) note(text, ourselves);
  for (const provider of before.providers)
    for (const text of [...credentialTexts(provider), ...implicitReferences(provider)]) {
      note(text, addressOf(provider));
      note(text, wayTo(provider));
    }
  for (const provider of after.providers) {
    const address = wayTo(provider);
    const references = new Set((provider.keys ?? []).flatMap(secretTextsOf));
    for (const text of credentialTexts(provider)) {
      const known = places.get(text);
      if (known?.has(address) === true || (text === signedIn && provider.base_url === undefined)) continue;
      if (known !== undefined) throw moved(provider.id, [...known], address);
      if (text === signedIn) throw refused(signedInElsewhere(provider.id, address));
      if (references.has(text)) checkNewReference(provider, text);
      else throw writtenOut(provider.id);
    }
  }
}

/** Where a credential can be read: at its address, and without encryption by the proxy on the way to it as well. */
function wayTo(provider: ProviderSettings): string {
  const { proxy } = provider;
  const address = addressOf(provider);
  const isReadable = URL.parse(address)?.protocol === 'http:' && proxy !== 'system' && proxy !== 'direct';
  return isReadable ? `${address} by way of ${withoutCredentials(proxy)}` : address;
}

/** In place of a reference: whoever is signed in at Google on this machine. */
export const signedIn = 'adc';

/** What a provider is sent to prove who we are, as the file has it. */
export function credentialTexts(provider: ProviderSettings): readonly string[] {
  const { keys = [] } = provider;
  const isSignedIn = provider.kind === 'vertex' && (keys.length === 0 || keys.some(({ adc }) => adc === true));
  return [
    ...keys.flatMap(secretTextsOf),
    ...(isSignedIn ? [signedIn] : []),
    ...privateHeaders(provider).map(([, value]) => value),
  ];
}

function signedInElsewhere(id: string, address: string): string {
  return `Provider "${id}" would send the Google account of this machine to ${address}, which only the config file may say.`;
}

function checkNewReference({ id, kind, base_url }: ProviderSettings, text: string): void {
  const reference = parseReference(text);
  switch (reference.kind) {
    case 'env':
      // Any other variable, or any other address, could be somebody's way to send away what the environment holds.
      if (base_url === undefined && kindFacts[kind].keyEnv.includes(reference.name)) return;
      throw refused(
        `${text} is no variable for keys of "${id}" at its vendor's own address: only the config file may say that, so write it there, or enter the key itself.`,
      );
    case 'file':
      throw refused(
        `A key of provider "${id}" would come from a file, which only the config file may say: write it there.`,
      );
    case 'secret':
      throw refused(
        `${text} is no key of provider "${id}" so far. Enter the key for this provider, or write the reference into the config file.`,
      );
    default:
      throw writtenOut(id);
  }
}

/** Proxies sign in with a password that stands in their address. */
function checkAddresses(before: Config, after: Config): void {
  const known = new Set(privateValues(before).map(({ value }) => value));
  const fresh = privateValues(after).find(({ path, value }) => path[2] === 'proxy' && !known.has(value));
  if (fresh === undefined) return;
  throw refused(
    'The address of a proxy has credentials in it, which only the config file may hold: write the address there.',
  );
}

function moved(id: string, known: readonly string[], address: string): GatewayError {
  const [from = ''] = known;
  const belongs = from === ourselves ? 'opens Sluice itself' : `belongs to ${from}`;
  return refused(
    `A key that ${belongs} would be sent to ${address} by provider "${id}". A key goes where it was entered for: move the provider and confirm that, enter a key for this address, or change the config file.`,
  );
}

function writtenOut(id: string): GatewayError {
  return refused(
    `A secret of provider "${id}" is written out. Enter the key for this provider, which puts it into the box of secrets, or write it into the config file.`,
  );
}

function refused(message: string): GatewayError {
  return new GatewayError('control.refused', message);
}
