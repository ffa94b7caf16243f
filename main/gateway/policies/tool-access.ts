/** Policy tools: which tools a request may offer, and which servers of tools a provider may call by itself. */
import { policyBlocked } from '../../../shared/domain/policy-words.ts';
import type { SurfaceId } from '../../../shared/domain/dialect.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { GlobSet } from '../../kit/glob-set.ts';
import { matchesGlob, matchesInAnyCase } from '../../kit/glob.ts';
import type { JsonDocument } from '../dialects/document.ts';
import type { McpServer, ToolPolicy } from '../ports.ts';
import {
  offeredTools,
  toolsOfModels,
  type AnsweringTarget,
  type OfferedServer,
  type OfferedTool,
} from './offered-tools.ts';

/** A request with tools of which one may not be offered. */
export interface ToolDenial {
  readonly policy: ToolPolicy;
  /** What is not allowed, as a clause. */
  readonly why: string;
  /** Names of the tools; empty where they cannot be told. */
  readonly tools: readonly string[];
}

/** A message names this many tools at most. */
const toolsShown = 8;
const nameShown = 64;

/** What a request offers: in its body, and by the names of the models that may answer it. */
export interface Offering {
  readonly surface: SurfaceId;
  readonly document: JsonDocument | undefined;
  readonly targets: readonly AnsweringTarget[];
}

/** The first policy that refuses; `undefined` where there is none. Nothing is read where no policy could refuse. */
export function toolDenialOf(
  policies: readonly ToolPolicy[],
  { surface, document, targets }: Offering,
): ToolDenial | undefined {
  const ready = readyOf(policies);
  const [first] = ready.policies;
  if (first === undefined) return undefined;
  const byName = toolsOfModels(targets);
  if (byName.opaque !== undefined) return unclear(first.policy, byName.opaque);
  const denied = firstDenial(ready, byName.tools);
  if (denied !== undefined) return denied;
  const offered = offeredTools(surface, document);
  if (offered === undefined) return undefined;
  return offered.opaque === undefined ? firstDenial(ready, offered.tools) : unclear(first.policy, offered.opaque);
}

/** Throws `admit.tool_denied`. */
export function checkTools(policies: readonly ToolPolicy[], offering: Offering): void {
  const denial = toolDenialOf(policies, offering);
  if (denial === undefined) return;
  const { policy, why, tools } = denial;
  throw new GatewayError('admit.tool_denied', policyBlocked(policy, why), { details: { rule: policy.rule, tools } });
}

interface Ready {
  readonly policy: ToolPolicy;
  readonly allow: GlobSet;
  readonly deny: GlobSet;
}

interface ReadyList {
  readonly policies: readonly Ready[];
  /** By all that is known of a tool which policy denies it first, -1 for none: clients offer the same tools again and again. */
  readonly denying: Map<string, number>;
}

const known = new WeakMap<readonly ToolPolicy[], ReadyList>();
const maxRemembered = 2_000;

function readyOf(policies: readonly ToolPolicy[]): ReadyList {
  let ready = known.get(policies);
  if (ready === undefined) {
    const each = policies.filter(restricts).map((policy) => ({
      policy,
      allow: new GlobSet(policy.allow),
      deny: new GlobSet(policy.deny, { anyCase: true }),
    }));
    ready = { policies: each, denying: new Map() };
    known.set(policies, ready);
  }
  return ready;
}

function restricts({ allow, deny, servers }: ToolPolicy): boolean {
  return !allow.includes('*') || deny.length > 0 || servers !== undefined;
}

function unclear(policy: ToolPolicy, opaque: string): ToolDenial {
  return { policy, why: `which tools this request offers cannot be told, since ${opaque}`, tools: [] };
}

/** Of the first policy that denies any of them, with all that it denies. */
function firstDenial(ready: ReadyList, tools: readonly OfferedTool[]): ToolDenial | undefined {
  const denying = tools.map((tool) => denyingOf(ready, tool));
  const first = Math.min(...denying.filter((at) => at >= 0), Infinity);
  const policy = ready.policies[first]?.policy;
  if (policy === undefined) return undefined;
  const names = [...new Set(tools.filter((_, at) => denying[at] === first).map(nameOf))];
  const shown = names.slice(0, toolsShown).map((name) => `"${name}"`);
  const more = names.length > shown.length ? ` and ${String(names.length - shown.length)} more` : '';
  const what = names.length === 1 ? 'the tool' : 'the tools';
  return { policy, why: `${what} ${shown.join(', ')}${more} may not be offered`, tools: names.slice(0, toolsShown) };
}

function denyingOf({ policies, denying }: ReadyList, tool: OfferedTool): number {
  const name = JSON.stringify([tool.names, tool.given, tool.server ?? null, tool.ofServer]);
  let at = denying.get(name);
  if (at === undefined) {
    at = policies.findIndex((one) => isDenied(one, tool));
    if (denying.size >= maxRemembered) denying.clear();
    // A longer name is no name of a tool, and nothing to remember.
    if (name.length <= longestRemembered) denying.set(name, at);
  }
  return at;
}

const longestRemembered = 1_024;

function isDenied({ policy, allow, deny }: Ready, { names, given, server, ofServer }: OfferedTool): boolean {
  if (names.some((name) => deny.fits(name)) || given.some((name) => deny.fits(name))) return true;
  if (policy.servers !== undefined) {
    // Its tools are those of a server that is allowed, or is denied itself.
    if (ofServer) return false;
    if (server !== undefined) return !policy.servers.some((one) => fits(one, server));
  }
  return !names.some((name) => allow.fits(name));
}

function nameOf({ names, given, server, ofServer }: OfferedTool): string {
  const name = server?.name ?? (ofServer ? given[0] : undefined) ?? names[0] ?? '';
  return name.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, nameShown);
}

/** Every identity that it gives must fit, and it must give one. */
function fits({ name, identity }: McpServer, offered: OfferedServer): boolean {
  if (!matchesGlob(name, offered.name) || offered.identities.length === 0) return false;
  return offered.identities.every((one) => fitsIdentity(identity, one));
}

/** Addresses by what they lead to, whatever way they are written. */
function fitsIdentity(glob: string, identity: string): boolean {
  const url = URL.parse(identity);
  if (url === null) return matchesGlob(glob, identity);
  // A name or a password in an address makes it look like another one, and what one parser takes for a slash is none to another.
  if (url.username !== '' || url.password !== '' || /[\\\s\p{Cc}]/u.test(identity)) return false;
  const { href } = url;
  return matchesInAnyCase(glob, href) || (href.endsWith('/') && matchesInAnyCase(glob, href.slice(0, -1)));
}
