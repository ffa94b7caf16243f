/** The charts of Usage, loaded after its figures. */
import type { ReactNode } from 'react';
import type { UsageReport } from '../../../shared/contract/usage.ts';
import { useText } from '../../text/text.ts';
import { Loaded } from '../../ui/states.tsx';
import { BudgetChart } from './budget-chart.tsx';
import { LatencyChart } from './latency-chart.tsx';
import { momentsOf } from './moments.ts';
import { CacheChart, ErrorChart } from './rate-charts.tsx';
import { placeLines, totalLine } from './series.ts';
import { TrendChart } from './trend-chart.tsx';
import { useSeries, type UsageView } from './use-usage.ts';
import { YearChart } from './year-chart.tsx';

interface ChartsProps {
  readonly view: UsageView;
  readonly report: UsageReport;
  readonly before: UsageReport | undefined;
}

export function Charts({ view, report, before }: ChartsProps): ReactNode {
  const text = useText();
  const series = useSeries(view);
  const { span, starts } = view;
  const moments = momentsOf(text, starts, span);
  return (
    <>
      <Loaded query={series} lines={8}>
        {(value) => {
          const lines = placeLines(value, starts);
          const total = totalLine(lines, starts.length);
          return (
            <>
              <TrendChart view={view} report={report} before={before} lines={lines} total={total} moments={moments} />
              <div className="usage-pair">
                <ErrorChart view={view} total={total} moments={moments} />
                <CacheChart view={view} total={total} moments={moments} />
              </div>
            </>
          );
        }}
      </Loaded>
      <BudgetChart now={view.now} chosen={view.address.budget} onChoose={(budget) => view.change({ budget })} />
      <LatencyChart view={view} moments={moments} />
      <YearChart view={view} />
    </>
  );
}
