import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { lineText, closedText, readLines } from '../../../main/ledger/journal-lines.ts';
import {
  columns,
  namedFromJson,
  namedJson,
  openedColumns,
  rowOfNames,
  toPlainRow,
  toRow,
} from '../../../main/ledger/row.ts';
import { attempt, exchange } from '../../component/ledger/exchanges.ts';

const same = (text: string): string => text;
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', 'gpt-5', ''));

describe('a row', () => {
  it('has a value for every column', () => {
    expect(toRow(exchange(), same)).toHaveLength(columns.length);
    expect(rowOfNames({ request_id: 'r', at: 1 })).toHaveLength(columns.length);
  });

  it('comes back from the journal as it was, but for what is too long for it', () => {
    fc.assert(
      fc.property(text, text, text, fc.option(fc.maxSafeNat(), { nil: undefined }), (client, model, error, cost) => {
        const record = exchange({
          client,
          modelAsked: model,
          error,
          cost,
          user: client,
          downgrade: { budget: model, alias: 'cheap' },
          losses: [{ path: model, why: error }],
          masked: { email: client.length, secrets: 1 },
          safety: [{ source: 'firewall', rule: model, action: 'warn', detail: error }],
          attempts: [attempt({ target: `p/${model}`, error, cost, state: 'settled' })],
        });
        const plain = toPlainRow(record, same);
        const [line] = readLines(Buffer.from(closedText(namedJson(plain)))).lines;
        expect(line?.kind).toBe('closed');
        const row = rowOfNames(line?.kind === 'closed' ? line.row : {});
        const kept = (index: number): boolean => columns[index] !== 'raw_usage' && columns[index] !== 'decision';
        expect(row.filter((_, index) => kept(index))).toEqual(plain.filter((_, index) => kept(index)));
      }),
    );
  });

  it('tells nothing looked for from nothing found', () => {
    const told = (given: Parameters<typeof exchange>[0]): unknown[] => {
      const row = toRow(exchange(given), same);
      return (['masked', 'masked_kinds', 'safety'] as const).map((name) => row[columns.indexOf(name)]);
    };
    expect(told({})).toEqual([null, null, null]);
    expect(told({ masked: {} })).toEqual([0, null, null]);
    expect(told({ masked: { email: 2, iban: 1 } })).toEqual([3, '{"email":2,"iban":1}', null]);
  });

  it('has no secret in what masking and the firewall say', () => {
    const event = { source: 'firewall', rule: 'r', action: 'warn', detail: 'found hunter2' } as const;
    const row = toRow(exchange({ safety: [event] }), (found) => found.replaceAll('hunter2', '***'));
    expect(row[columns.indexOf('safety')]).toBe(
      '[{"source":"firewall","rule":"r","action":"warn","detail":"found ***"}]',
    );
  });

  it('that was written by another version is read for what this one knows of it', () => {
    const named = namedFromJson({
      request_id: 'r',
      at: 5,
      surface: 'chat',
      moon: 'full',
      attempts: [{ target: 'a/b' }],
    });
    const row = rowOfNames(named);
    expect(row[columns.indexOf('attempts')]).toBe('[{"target":"a/b"}]');
    expect(row[columns.indexOf('losses')]).toBe('[]');
    expect(row[columns.indexOf('cost')]).toBeNull();
  });
});

describe('lines', () => {
  const line = { kind: 'opened', row: openedColumns(exchange({ requestId: 'r1' }), same) } as const;

  it('are told from damaged ones, whichever byte is another', () => {
    const bytes = Buffer.from(lineText(line));
    for (let index = 0; index < bytes.length - 1; index += 1) {
      const damaged = Buffer.from(bytes);
      damaged[index] = (damaged[index] ?? 0) ^ 0x04;
      expect(readLines(Buffer.concat([damaged, bytes])).lines.length, String(index)).toBe(1);
    }
  });

  it('that are whole but of no kind that is known are damaged, too', () => {
    const odd = lineText({ kind: 'moon' } as never);
    const wrong = lineText({ kind: 'dispatched', id: 'a/1', at: 1, target: 'x', bound: -5, counts: [] });
    expect(readLines(Buffer.from(odd + wrong + lineText(line)))).toMatchObject({
      damaged: 2,
      lines: [{ kind: 'opened' }],
    });
    expect(readLines(Buffer.from(odd))).toEqual({ damaged: 0, lines: [] });
    expect(readLines(Buffer.alloc(0))).toEqual({ damaged: 0, lines: [] });
  });
});
