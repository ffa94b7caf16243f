/** Routes that team bundles bring: those that hold stand before the own ones, those that are suggested behind them. */
import { FlaskConical } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { lastStep, useTeamValues, type TeamEntry } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { TeamGroups, TeamRow } from '../../ui/team-mark.tsx';
import type { WrittenRoute } from './draft.ts';
import { RouteMarks, RouteSentence } from './route-item.tsx';
import { TargetChain } from './target-chain.tsx';

/** Also names that are short for a route with one target. */
export function useTeamRoutes(): readonly TeamEntry[] {
  const { below } = useTeamValues();
  return [...below('/routes'), ...below('/models/aliases')];
}

export function routeOf({ value }: ProvenanceEntry): WrittenRoute {
  return value as WrittenRoute;
}

interface TeamRoutesProps {
  readonly entries: readonly TeamEntry[];
  readonly only: 'enforced' | 'default';
  readonly tryIt: (model: string) => void;
}

export function TeamRoutes({ entries, only, tryIt }: TeamRoutesProps): ReactNode {
  const { t } = useText();
  return (
    <TeamGroups entries={entries} only={only}>
      {(entry) => {
        const route = routeOf(entry);
        const id = lastStep(entry.pointer);
        return (
          <TeamRow
            entry={entry}
            name={route.alias}
            aside={
              <>
                {id !== route.alias && <span className="muted small">{id}</span>}
                <IconButton
                  label={t('routes.try.of', { alias: route.alias })}
                  size="small"
                  onClick={() => tryIt(route.alias)}
                >
                  <FlaskConical size={14} aria-hidden />
                </IconButton>
              </>
            }
          >
            <RouteSentence route={route} />
            <TargetChain route={route} />
            <RouteMarks route={route} />
          </TeamRow>
        );
      }}
    </TeamGroups>
  );
}
