/** What the environment of a terminal does to the clients started in it. */
import type { ClientFacts } from './clients.ts';
import { fail, note, ok, type Finding } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

/** Whether a proxy would be asked for 127.0.0.1 by programs that follow the usual variables. */
export function checkProxy(env: Environment): Finding[] {
  const proxy = proxyVariables.find((name) => (env[name] ?? '') !== '');
  if (proxy === undefined) return [];
  const open = ['127.0.0.1', 'localhost'].filter((host) => !isExcepted(host, env));
  if (open.length === 0) return [ok('proxy', `${proxy} is set, and NO_PROXY leaves this machine out.`)];
  return [
    note(
      'proxy',
      `${proxy} is set and NO_PROXY does not leave out ${open.join(' and ')}: a client here may ask the proxy for the gateway.`,
      'Set NO_PROXY=localhost,127.0.0.1,::1 where the client is started.',
    ),
  ];
}

function isExcepted(host: string, env: Environment): boolean {
  const entries = `${env['no_proxy'] ?? ''},${env['NO_PROXY'] ?? ''}`
    .split(',')
    .map((entry) => entry.trim().toLowerCase());
  return entries.some(
    (entry) =>
      entry === '*' || entry === host || (entry.startsWith('127.') && entry.includes('/') && host.startsWith('127.')),
  );
}

/** Which address the client takes from the environment, and whether it is this gateway. */
export function checkAddress(client: ClientFacts, env: Environment, urls: readonly string[]): Finding {
  const check = `${client.id}: address`;
  const wanted = `${urls[0] ?? 'http://127.0.0.1:4790'}${client.basePath}`;
  const variable = client.baseVariables.find((name) => (env[name] ?? '') !== '');
  if (variable === undefined) {
    const name = client.baseVariables[0] ?? '';
    return note(
      check,
      `${name} is not set here; a setting of the client's own may hold the address.`,
      `export ${name}=${wanted}`,
    );
  }
  const origin = originOf(env[variable] ?? '');
  if (origin === undefined) return fail(check, `${variable} is no address.`, `export ${variable}=${wanted}`);
  if (urls.some((url) => sameOrigin(url, origin))) return ok(check, `${variable} leads here.`);
  // Only the origin is shown: a path may hold a key.
  return fail(check, `${variable} leads to ${origin}, which is not this gateway.`, `export ${variable}=${wanted}`);
}

/** The key the client would send, and the variable it comes from. */
export function keyOf(
  client: ClientFacts,
  env: Environment,
): { readonly variable: string; readonly key: string } | undefined {
  for (const variable of client.keyVariables) {
    const key = env[variable];
    if (key !== undefined && key !== '') return { variable, key };
  }
  return undefined;
}

/** Says which key wins, and names those that lose: two that differ are a classic. */
export function checkKey(client: ClientFacts, env: Environment): Finding {
  const check = `${client.id}: key`;
  const winner = keyOf(client, env);
  if (winner === undefined) {
    const name = client.keyVariables[0] ?? '';
    return note(
      check,
      `${client.keyVariables.join(' and ')} are not set here, so the port is tried without a key.`,
      `export ${name}=<a key of \`sluice keys create\`>`,
    );
  }
  const losers = client.keyVariables.filter(
    (name) => name !== winner.variable && (env[name] ?? '') !== '' && env[name] !== winner.key,
  );
  if (losers.length === 0) return ok(check, `${winner.variable} holds the key.`);
  return note(
    check,
    `${winner.variable} wins over ${losers.join(', ')}, which holds another key.`,
    `unset ${losers.join(' ')}`,
  );
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.origin === 'null' ? undefined : url.origin;
}

/** `localhost` and the loopback addresses are the same place. */
function sameOrigin(left: string, right: string): boolean {
  const [a, b] = [new URL(left), new URL(right)];
  const here = ['localhost', '127.0.0.1', '[::1]'];
  return (
    a.protocol === b.protocol &&
    a.port === b.port &&
    (a.hostname === b.hostname || (here.includes(a.hostname) && here.includes(b.hostname)))
  );
}
