/** Rules of access in a snapshot that hold for every key: part of `ports.ts`, by which everybody else knows them. */
import type { ModelAccess } from '../../shared/domain/access.ts';

/** Whose rule it is, as refusals and records name it. */
export interface PolicyRule {
  /** `acme-core@12:/models/deny`, or `config:/models/deny` of the file: what records name. */
  readonly rule: string;
  /** Where it is written, for people: `team bundle acme-core@12, line 58`, or `sluice.yaml, line 4`. */
  readonly origin: string;
  /** Why there is such a rule, in the words of who made it. */
  readonly reason?: string | undefined;
  /** Whom to ask, likewise. */
  readonly contact?: string | undefined;
  /** As in `ModelAccess`. */
  readonly distrusts?: readonly string[] | undefined;
}

/** All of it must allow; what is denied anywhere is denied. */
export interface AccessPolicy {
  /** Hash of what team bundles and file come to together (BND-36). */
  readonly hash: string;
  /** The bundles it comes from, for people: `acme-core@12`; empty where there are none. */
  readonly bundles: readonly string[];
  readonly access: readonly (ModelAccess & PolicyRule)[];
  /** Tokens that a request may say; the least holds. */
  readonly maxContext: PolicyLimit | undefined;
  /** Tokens that an answer may say; larger limits of clients are lowered, and that is told. */
  readonly maxOutput: PolicyLimit | undefined;
  readonly requires: readonly Requirement[];
  readonly routesOnly: RoutesOnly | undefined;
  /** Ids of routes that nothing goes past: no target that a client names, and nothing chosen for every conversation (RTE-10). */
  readonly enforcedRoutes?: readonly string[] | undefined;
  /** Providers that are not there because nobody here agreed to them yet. */
  readonly awaited?: readonly AwaitedProvider[] | undefined;
  readonly tools: readonly ToolPolicy[];
  /** Only what is recorded may be told of: it is never written into files. */
  readonly noExport: PolicyRule | undefined;
  /** Providers are reached through the proxy of the system or not at all. */
  readonly proxyOnly: PolicyRule | undefined;
  /** Nobody listens for other machines. */
  readonly localOnly?: PolicyRule | undefined;
  /** Rules that would be skipped if requests passed through; without any they may. */
  readonly holdsThroughPause: readonly PolicyRule[];
  /** What a bundle in mode `audit` would refuse: recorded, and nothing else becomes of it. */
  readonly audit: Pick<AccessPolicy, 'access' | 'maxContext' | 'requires' | 'tools'> | undefined;
}

export interface PolicyLimit extends PolicyRule {
  readonly tokens: number;
}

/** What must be known of a provider; unknown is not enough. */
export interface Requirement extends PolicyRule {
  readonly noTraining: boolean;
  /** At most so many days. */
  readonly retentionDays: number | undefined;
  /** One of these; empty: any. */
  readonly regions: readonly string[];
}

/** Only what one of these routes is for is answered. */
export interface RoutesOnly extends PolicyRule {
  /** Ids of routes. */
  readonly routes: readonly string[];
}

/** A provider that a bundle defines, and that is used once somebody on this machine agrees. */
export interface AwaitedProvider {
  readonly provider: string;
  /** Aliases that may lead to it. */
  readonly aliases: readonly string[];
  /** `team bundle acme-core@12, line 58`. */
  readonly origin: string;
}

/** Names of tools are globs; denials win. */
export interface ToolPolicy extends PolicyRule {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Servers of tools that a provider may call by itself; `undefined`: any. */
  readonly servers: readonly McpServer[] | undefined;
}

/** Both are globs, and both must fit. */
export interface McpServer {
  readonly name: string;
  readonly identity: string;
}
