/** Checks of `providers`: where they are, what they need per kind, and that no secret stands where it must not. */
import { X509Certificate } from 'node:crypto';
import type { Config } from '../../shared/config/config.ts';
import { adapterDialects, kindFacts } from '../../shared/config/provider.ts';
import type { ProviderSettings } from '../../shared/config/provider-settings.ts';
import { isForbiddenHost, isLocalHost, isLoopbackHost, isWildcardHost } from './addresses.ts';
import { checkGlobs, checkReference, checkUnique } from './entry-checks.ts';
import type { ConfigPath, Findings } from './problems.ts';

/** Headers that carry who we are: they come from `keys`. */
const credentialHeaders = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie'];
/** Headers that belong to the connection. */
const connectionHeaders = [
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'keep-alive', 'expect'],
  ...['accept-encoding'],
];

export function checkProviders(config: Config, findings: Findings): void {
  checkUnique(config.providers, ['providers'], 'id', findings);
  for (const [index, provider] of config.providers.entries()) {
    const path = ['providers', index];
    if (provider.id === 'demo' && provider.kind !== 'demo') {
      findings.problem([...path, 'id'], '"demo" is the name of the built-in provider', 'Choose another id');
    }
    checkBaseUrl(config, provider, path, findings);
    checkProxy(provider, path, findings);
    checkCertificates(provider, path, findings);
    checkKindNeeds(provider, path, findings);
    checkKeys(provider, path, findings);
    checkHeaders(provider, path, findings);
    checkUnique(
      provider.models.filter((model) => typeof model !== 'string'),
      [...path, 'models'],
      'id',
      findings,
    );
    if (provider.closed_models && provider.models.length === 0) {
      findings.problem(
        [...path, 'closed_models'],
        'no model is listed, so none exists',
        'List models, or remove closed_models',
      );
    }
  }
}

function checkBaseUrl(config: Config, provider: ProviderSettings, path: ConfigPath, findings: Findings): void {
  const at = [...path, 'base_url'];
  const facts = kindFacts[provider.kind];
  if (provider.base_url === undefined) {
    if (facts.baseUrl === undefined) {
      findings.problem(
        path,
        `provider "${provider.id}" needs a base_url`,
        `Add the address of your ${facts.label} endpoint`,
      );
    }
    return;
  }
  if (provider.kind === 'demo') {
    findings.problem(at, 'the demo provider has no address', 'Remove base_url');
    return;
  }
  const url = URL.parse(provider.base_url);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // Not repeated: an address that does not parse may hold anything.
    findings.problem(at, 'base_url is not an http or https address', `Write a whole URL${example(facts.baseUrl)}`);
    return;
  }
  if (url.username !== '' || url.password !== '') {
    findings.problem(at, 'base_url has credentials in it', 'Move them to keys');
    return;
  }
  if (url.search !== '' || url.hash !== '') {
    findings.problem(
      at,
      'base_url has a query or fragment',
      'Write scheme, host and path only; api_version has its own setting',
    );
  }
  if (isForbiddenHost(url.hostname)) {
    findings.problem(at, `${url.hostname} is a link-local, metadata or multicast address`, 'These are never called');
    return;
  }
  if (isOurselves(config, url)) {
    findings.problem(at, 'base_url is the address Sluice itself listens on', 'Name the provider’s own address');
    return;
  }
  if (url.protocol === 'http:' && !isLocalHost(url.hostname) && provider.local !== true) {
    findings.warning(
      at,
      `prompts and keys travel unencrypted to ${url.hostname}`,
      'Use https, or local: true if it is in your network',
    );
  }
}

/** A proxy is connected to before anything is known of the provider behind it (SEC-41). */
function checkProxy({ proxy }: ProviderSettings, path: ConfigPath, findings: Findings): void {
  const host = proxy === 'system' || proxy === 'direct' ? '' : (URL.parse(proxy)?.hostname ?? '');
  if (!isForbiddenHost(host)) return;
  findings.problem(
    [...path, 'proxy'],
    `${host} is a link-local, metadata or multicast address`,
    'These are never called',
  );
}

/** Whom a provider's own certificates are. A text that is none would be found out at its first request. */
function checkCertificates(
  { tls_ca: text, base_url: address }: ProviderSettings,
  path: ConfigPath,
  findings: Findings,
): void {
  if (text === undefined) return;
  const at = [...path, 'tls_ca'];
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    findings.problem(at, 'tls_ca holds a private key, which is nobody’s business here', 'Give certificates only');
    return;
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const bad = blocks.findIndex((block) => !isCertificate(block));
  if (blocks.length === 0 || bad >= 0) {
    const what =
      blocks.length === 0 ? 'tls_ca holds no certificate' : `certificate ${bad + 1} of tls_ca cannot be read`;
    findings.problem(at, what, 'Give them in PEM, each from -----BEGIN CERTIFICATE----- to its END');
  } else if (address !== undefined && URL.parse(address)?.protocol === 'http:')
    findings.warning(at, 'tls_ca means nothing for an http address', 'Remove it, or use https', 'key');
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).serialNumber !== '';
  } catch {
    return false;
  }
}

function example(baseUrl: string | undefined): string {
  return baseUrl === undefined || baseUrl.includes('{') ? ', e.g. https://llm.example.com/v1' : `, e.g. ${baseUrl}`;
}

/** The listener would call itself for ever (SEC-66). */
function isOurselves({ listen }: Config, url: URL): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (listen.port === 0 || port !== listen.port) return false;
  return isLoopbackHost(url.hostname) || isWildcardHost(url.hostname) || url.hostname === listen.host;
}

function checkKindNeeds(provider: ProviderSettings, path: ConfigPath, findings: Findings): void {
  const own = { api_version: 'azure-openai', region: 'bedrock', project: 'vertex', location: 'vertex' } as const;
  for (const [name, kind] of Object.entries(own) as [keyof typeof own, ProviderSettings['kind']][]) {
    if (provider[name] !== undefined && provider.kind !== kind) {
      findings.problem([...path, name], `${name} means nothing for kind ${provider.kind}`, 'Remove it', 'key');
    }
  }
  if (
    provider.kind === 'bedrock' &&
    provider.region === undefined &&
    !/bedrock-runtime/.test(provider.base_url ?? '')
  ) {
    findings.problem(path, `provider "${provider.id}" needs a region`, 'Add region, e.g. us-east-1');
  }
  if (provider.kind === 'vertex' && provider.project === undefined) {
    findings.problem(
      path,
      `provider "${provider.id}" needs a project`,
      'Add project: the id of your Google Cloud project',
    );
  }
  const possible = adapterDialects[kindFacts[provider.kind].adapter];
  for (const [index, dialect] of (provider.dialects ?? []).entries()) {
    if (possible.includes(dialect)) continue;
    findings.problem(
      [...path, 'dialects', index],
      `kind ${provider.kind} cannot be spoken to in ${dialect}`,
      `Use ${possible.join(' or ')}, or another kind for that endpoint`,
    );
  }
}

function checkKeys(provider: ProviderSettings, path: ConfigPath, findings: Findings): void {
  const keys = provider.keys ?? [];
  checkUnique(keys, [...path, 'keys'], 'name', findings);
  for (const [index, key] of keys.entries()) {
    const at = [...path, 'keys', index];
    for (const name of ['value', 'access_key_id', 'secret_access_key', 'session_token', 'service_account'] as const) {
      const text = key[name];
      if (text !== undefined) checkReference(text, [...at, name], findings, false);
    }
    checkGlobs(key.models, [...at, 'models'], findings);
    if (key.access_key_id !== undefined && provider.kind !== 'bedrock') {
      findings.problem([...at, 'access_key_id'], `kind ${provider.kind} does not take AWS keys`, 'Use value', 'key');
    }
    if ((key.service_account !== undefined || key.adc === true) && provider.kind !== 'vertex') {
      const name = key.adc === true ? 'adc' : 'service_account';
      findings.problem([...at, name], `kind ${provider.kind} does not take Google accounts`, 'Use value', 'key');
    }
  }
  if (keys.length > 0 && keys.every((key) => key.weight === 0)) {
    findings.problem(
      [...path, 'keys'],
      'all weights are 0, so no key can be chosen',
      'Give one of them a weight above 0',
      'key',
    );
  }
}

function checkHeaders(provider: ProviderSettings, path: ConfigPath, findings: Findings): void {
  for (const name of Object.keys(provider.headers)) {
    const at = [...path, 'headers', name];
    if (credentialHeaders.includes(name.toLowerCase())) {
      findings.problem(
        at,
        `${name} carries a credential`,
        'Put it under keys: headers are static and not secret',
        'key',
      );
    } else if (connectionHeaders.includes(name.toLowerCase())) {
      findings.problem(at, `${name} belongs to the connection`, 'Remove it', 'key');
    }
  }
}
