/** What team bundles decide of what a page shows: one question to the instance, asked by all who show such a value. */
import { useMemo } from 'react';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import type { CallOutput } from '../../shared/contract/contract.ts';
import { teamsInForce } from '../../shared/contract/standing.ts';
import { useCall } from '../bridge/hooks.ts';
import { pointerOf, type ConfigPath } from './config-tree.ts';

/** An entry that a bundle decided. */
export interface TeamEntry extends ProvenanceEntry {
  readonly bundle: string;
}

export interface TeamValues {
  /** Followed ones whose rules are in force: `acme-core@12`. */
  readonly bundles: readonly string[];
  /** Who decided a value of the config file; `undefined` where no bundle did. */
  readonly at: (path: ConfigPath) => TeamEntry | undefined;
  /** By the pointer of a bundle: `/budgets/per-user-day`. */
  readonly of: (pointer: string) => TeamEntry | undefined;
  /** All that bundles say below a pointer, in their order: `/firewall`. */
  readonly below: (pointer: string) => readonly TeamEntry[];
  /** Whoever decided it, Sluice itself included. */
  readonly held: (pointer: string) => ProvenanceEntry | undefined;
  /** All that anybody but Sluice itself says at a pointer: a list has an entry for each who had a say. */
  readonly said: (pointer: string) => readonly ProvenanceEntry[];
}

/** Where bundles have another word for it than the config file. */
const elsewhere: Readonly<Record<string, string>> = {
  '/models/allow_providers': '/providers/allow',
  '/models/deny_providers': '/providers/deny',
  '/listen/host': '/app/allow_lan_bind',
};

export function isOfTeam(entry: ProvenanceEntry): entry is TeamEntry {
  return entry.bundle !== null;
}

export function teamValuesOf({
  bundles,
  entries,
}: Pick<CallOutput<'bundles.effective'>, 'bundles' | 'entries'>): TeamValues {
  const byPointer = Map.groupBy(entries, ({ pointer }) => pointer);
  const said = (pointer: string): readonly ProvenanceEntry[] =>
    (byPointer.get(pointer) ?? []).filter(({ mode }) => mode !== 'app');
  const of = (pointer: string): TeamEntry | undefined => byPointer.get(pointer)?.find(isOfTeam);
  const team = entries.filter(isOfTeam);
  return {
    bundles,
    said,
    of,
    held: (pointer) => byPointer.get(pointer)?.[0],
    at: (path) => {
      const pointer = pointerOf(path);
      return of(elsewhere[pointer] ?? pointer);
    },
    below: (pointer) => team.filter((entry) => entry.pointer.startsWith(`${pointer}/`)),
  };
}

const nobody: TeamValues = teamValuesOf({ bundles: [], entries: [] });

/** Nothing while it is not known: what is locked is refused by the instance in any case. */
export function useTeamValues(): TeamValues {
  const { data } = useCall('bundles.effective', {});
  return useMemo(() => (data === undefined ? nobody : teamValuesOf(data)), [data]);
}

/** None while it is not known. */
export function useTeamsInForce(): ReturnType<typeof teamsInForce> {
  const { data } = useCall('bundles.list', {});
  return useMemo(() => teamsInForce(data?.bundles ?? []), [data]);
}

/** The last step of a pointer, as it was written: `azure-eu/*`. */
export function lastStep(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

/** A place in a bundle, as refusals name it. */
export interface NamedRule {
  /** `acme-core@12` */
  readonly bundle: string;
  readonly pointer: string;
}

/** Whom and what the rule of a refusal names, `acme-core@12:/models/deny`; `undefined` of any other rule. */
export function ruleOfTeam(rule: string | null): NamedRule | undefined {
  const [, bundle, pointer] = /^([a-z0-9][a-z0-9-]*@\d+):(\/.*)$/.exec(rule ?? '') ?? [];
  return bundle === undefined || pointer === undefined ? undefined : { bundle, pointer };
}

/** The entry a sentence of the instance names by its place: `… (acme-core@12, line 58) …`. */
export function entryNamedIn(text: string, { below }: Pick<TeamValues, 'below'>): TeamEntry | undefined {
  return below('').find(({ bundle, line }) => line !== null && text.includes(`(${bundle}, line ${String(line)})`));
}

/** `*` stands for any characters. */
export function fitsGlob(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const found = isLast ? name.length - part.length : name.indexOf(part, at);
    if (found < at || !name.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return true;
}
