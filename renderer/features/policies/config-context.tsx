/** The config as this page reads and changes it: everything on it shows what was read back, never what was clicked (UX-61). */
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import type { Config } from '../../../shared/config/config.ts';
import type { ConfigEdit, OriginEntry } from '../../../shared/contract/config.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useCall } from '../../bridge/hooks.ts';
import {
  useConfigChange,
  type ChangeOptions,
  type ChangeOutcome,
  type ConfigReading,
} from '../../state/config-edits.ts';
import { originAt, pointerOf, problemsUnder, type ConfigPath } from '../../state/config-tree.ts';
import { useTeamValues, type TeamValues } from '../../state/team.ts';
import { useSaid } from '../../text/text.ts';
import type { Profiles } from '../../ui/profile-part.ts';
import { Loaded } from '../../ui/states.tsx';

type Section = 'masking' | 'firewall' | 'budgets' | 'rate_limits' | 'teams' | 'logging';

export interface PolicyConfig {
  readonly revision: string;
  /** What the file says of profiles. */
  readonly profiles: Profiles;
  readonly part: <Name extends Section>(name: Name) => Config[Name];
  readonly origin: (path: ConfigPath) => OriginEntry | undefined;
  /** What team bundles say. */
  readonly team: TeamValues;
  readonly change: (edits: readonly ConfigEdit[], options?: ChangeOptions) => Promise<ChangeOutcome>;
  /** One value, whose control waits meanwhile. */
  readonly set: (path: ConfigPath, value: unknown) => Promise<ChangeOutcome>;
  /** JSON Pointer of the value that is being set. */
  readonly pending: string | undefined;
  readonly busy: boolean;
}

const PolicyContext = createContext<PolicyConfig | undefined>(undefined);

export function usePolicyConfig(): PolicyConfig {
  const config = use(PolicyContext);
  if (config === undefined) throw new Error('there is no config around this component');
  return config;
}

export function PolicyConfigProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const query = useCall('config.read', {});
  return (
    <Loaded query={query} lines={8}>
      {(reading) => <Provided reading={reading}>{children}</Provided>}
    </Loaded>
  );
}

function Provided({ reading, children }: { readonly reading: ConfigReading; readonly children: ReactNode }): ReactNode {
  const { change, busy } = useConfigChange();
  const team = useTeamValues();
  const [pending, setPending] = useState<string>();
  const set = useCallback(
    async (path: ConfigPath, value: unknown): Promise<ChangeOutcome> => {
      setPending(pointerOf(path));
      const outcome = await change([{ op: 'set', path: [...path], value }]);
      setPending(undefined);
      return outcome;
    },
    [change],
  );
  const value = useMemo<PolicyConfig>(
    () => ({
      revision: reading.revision,
      profiles: reading.config as Profiles,
      part: <Name extends Section>(name: Name) => reading.config[name] as Config[Name],
      origin: (path) => originAt(reading.origins, path),
      ...{ change, set, pending, busy, team },
    }),
    [reading, change, set, pending, busy, team],
  );
  return <PolicyContext value={value}>{children}</PolicyContext>;
}

export interface Saving {
  /** `true`: it is in the file. */
  readonly save: (edits: readonly ConfigEdit[], told?: string) => Promise<boolean>;
  readonly busy: boolean;
  /** What is wrong with a field below the place that is saved. */
  readonly problem: (field: string) => string | undefined;
  /** What is wrong with none of the fields in `shown`. */
  readonly rest: (shown: readonly string[]) => string | undefined;
  readonly clear: () => void;
}

/** Saves what a form holds to one place of the file, and tells what is wrong beside its fields. */
export function useSaving(path: ConfigPath): Saving {
  const { change, busy } = usePolicyConfig();
  const said = useSaid();
  const [failure, setFailure] = useState<{ readonly error: CallError; readonly fields: ReadonlyMap<string, string> }>();
  const firstWord = (field: string): string => /^\w*/.exec(field)?.[0] ?? '';
  return {
    busy,
    async save(edits, told) {
      const outcome = await change(edits, { quiet: true, ...(told === undefined ? {} : { told }) });
      setFailure(
        outcome.ok ? undefined : { error: outcome.error, fields: problemsUnder(outcome.problems, path, said) },
      );
      return outcome.ok;
    },
    problem: (field) => {
      const found = [...(failure?.fields ?? [])].filter(([name]) => firstWord(name) === field).map(([, text]) => text);
      return found.length === 0 ? undefined : found.join(' ');
    },
    rest: (shown) => {
      if (failure === undefined) return undefined;
      if (failure.fields.size === 0) return failure.error.message;
      const found = [...failure.fields].filter(([name]) => !shown.includes(firstWord(name))).map(([, text]) => text);
      return found.length === 0 ? undefined : found.join(' ');
    },
    clear: () => setFailure(undefined),
  };
}
