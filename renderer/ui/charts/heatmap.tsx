/** A year of days as a grid of weeks: darker is more. One day at a time has the focus, arrows move it. */
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import './charts.css';

export interface HeatDay {
  /** 0…4; `undefined`: the day is not there, or not yet. */
  readonly level: number | undefined;
  /** The day and its figure in words. */
  readonly label: string;
}

export interface HeatmapProps {
  readonly label: string;
  /** Columns of seven days each, from the first day of the week on. */
  readonly weeks: readonly (readonly HeatDay[])[];
  /** The month that begins in a column, else an empty text. */
  readonly months: readonly string[];
  readonly weekdays: readonly string[];
  readonly less: string;
  readonly more: string;
  readonly onPick: (week: number, day: number) => void;
}

const steps: Readonly<Record<string, readonly [week: number, day: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function Heatmap({ label, weeks, months, weekdays, less, more, onPick }: HeatmapProps): ReactNode {
  const grid = useRef<HTMLTableElement>(null);
  // Where there is no room for a year the newest days are in sight.
  useLayoutEffect(() => {
    const table = grid.current;
    table?.parentElement?.scrollTo({ left: table.scrollWidth });
  }, []);
  const last = weeks.length - 1;
  const newest = weeks[last]?.findLastIndex(({ level }) => level !== undefined) ?? 0;
  const [focus, setFocus] = useState<readonly [number, number]>();
  const [week, day] = focus ?? [last, newest];
  const move = (to: readonly [number, number]): void => {
    if (weeks[to[0]]?.[to[1]]?.level === undefined) return;
    setFocus(to);
    grid.current?.querySelector<HTMLElement>(`[data-day="${to[0]}-${to[1]}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    const to = step === undefined ? ends(event.key, weeks, day) : ([week + step[0], day + step[1]] as const);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div className="heatmap">
      <table ref={grid} role="grid" aria-label={label} onKeyDown={onKeyDown}>
        <thead aria-hidden>
          <tr>
            <td />
            {months.map((month, index) => (
              <td key={index} className="small muted">
                <span>{month}</span>
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {weekdays.map((weekday, row) => (
            <tr key={weekday}>
              <th scope="row" className="small muted">
                {weekday}
              </th>
              {weeks.map((days, column) => {
                const at = days[row];
                if (at?.level === undefined) return <td key={column} />;
                return (
                  <td key={column}>
                    <button
                      type="button"
                      data-day={`${column}-${row}`}
                      className={`heat level-${at.level}`}
                      title={at.label}
                      aria-label={at.label}
                      tabIndex={column === week && row === day ? 0 : -1}
                      onFocus={() => setFocus([column, row])}
                      onClick={() => onPick(column, row)}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="heat-legend small muted" aria-hidden>
        {less}
        {[0, 1, 2, 3, 4].map((level) => (
          <span key={level} className={`heat level-${level}`} />
        ))}
        {more}
      </div>
    </div>
  );
}

/** Home and End: the first and the last week that has this day. */
function ends(key: string, weeks: readonly (readonly HeatDay[])[], day: number): readonly [number, number] | undefined {
  const isThere = (days: readonly HeatDay[]): boolean => days[day]?.level !== undefined;
  if (key === 'Home') return [weeks.findIndex(isThere), day];
  if (key === 'End') return [weeks.findLastIndex(isThere), day];
  return undefined;
}
