import { describe, expect, it } from 'vitest';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';
import { patternsDetector } from '../../../../../main/gateway/policies/detectors/patterns.ts';
import type { Finding } from '../../../../../main/gateway/policies/detectors/detector.ts';
import type { MaskPattern } from '../../../../../main/gateway/ports.ts';

const [noHits] = new KeywordScan([[]]).scan('');

function found(patterns: readonly MaskPattern[], text: string): Finding[] {
  const findings: Finding[] = [];
  if (noHits === undefined) throw new Error('no hits');
  patternsDetector(patterns).find({ text, isAscii: false, field: undefined }, noHits, (finding) =>
    findings.push(finding),
  );
  return findings;
}

describe('patternsDetector', () => {
  it('reports each match of each pattern under its id', () => {
    const patterns = [
      { id: 'employee', pattern: '\\bEMP-\\d{5}\\b' },
      { id: 'ticket', pattern: '(?i)tick-[a-z]+' },
    ];
    const text = 'EMP-12345 has TICK-abc; EMP-123456 none, größer EMP-54321';
    expect(found(patterns, text).map(({ subtype, start, end }) => [subtype, text.slice(start, end)])).toEqual([
      ['employee', 'EMP-12345'],
      ['employee', 'EMP-54321'],
      ['ticket', 'TICK-abc'],
    ]);
    expect(found(patterns, text)[0]).toMatchObject({ kind: 'patterns', score: 1 });
  });

  it('ignores empty matches', () => {
    expect(found([{ id: 'x', pattern: '\\d*' }], 'a 12 b').map(({ start, end }) => [start, end])).toEqual([[2, 4]]);
  });

  it('refuses a pattern that is none rather than leave it out', () => {
    expect(() => patternsDetector([{ id: 'broken', pattern: '(' }])).toThrow(RangeError);
  });

  it('has no patterns and finds nothing', () => {
    expect(found([], 'EMP-12345')).toEqual([]);
  });
});
