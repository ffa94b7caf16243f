import { describe, expect, it } from 'vitest';
import {
  bundleId,
  countsInOrder,
  filterEntries,
  isUnconfirmed,
  rowCount,
  setGroups,
  stateMarks,
  versionOf,
  waitingConsents,
} from '../../../../renderer/features/policies/team-state.ts';
import { de } from '../../../../renderer/text/de.ts';
import { en } from '../../../../renderer/text/en.ts';
import { currentText, type Text } from '../../../../renderer/text/text.ts';
import { errorHeadline, errorMend, noticeText, shortReason, toldReason } from '../../../../renderer/ui/bundle-words.ts';
import { bundleStates, type BundleState } from '../../../../shared/contract/words.ts';
import { errorCodes } from '../../../../shared/errors/codes.ts';
import { createText } from '../../../../shared/text/text.ts';
import { card, change, consent, entry } from './fixtures.ts';

const german: Text = createText('de', 'de-DE', de);

describe('a bundle', () => {
  it('has a mark, a word and a sentence for each of its states', () => {
    for (const state of bundleStates) {
      expect(stateMarks[state]).toBeDefined();
      expect(en[`team.state.${state}`]).toBeDefined();
      expect(en[`team.state.${state}.text`]).toBeDefined();
    }
  });

  it('has a headline for each of its errors, and what mends it', () => {
    const codes = Object.keys(errorCodes).filter((code) => code.startsWith('bundle.'));
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => errorHeadline({ code }) === 'team.error.other')).toEqual([]);
    expect(codes.filter((code) => errorMend({ code }) === undefined)).toEqual([]);
    expect(errorHeadline({ code: 'constructor' })).toBe('team.error.other');
    expect(errorMend({ code: 'constructor' })).toBeUndefined();
  });

  it('tells a host that has no bundle from one that wants a token and one that is not well', () => {
    const headline = (status: number): string =>
      errorHeadline({
        code: 'bundle.http_status',
        message: `https://policy.acme.example/x answered ${status}. Later.`,
      });
    expect([404, 410].map(headline)).toEqual(['team.error.notThere', 'team.error.notThere']);
    expect([401, 403].map(headline)).toEqual(['team.error.login', 'team.error.login']);
    expect([429, 503].map(headline)).toEqual(['team.error.unwell', 'team.error.unwell']);
    expect(errorMend({ code: 'bundle.http_status', message: 'https://x answered 503. Later.' })).toBe(
      'team.mend.unwell',
    );
    expect(errorHeadline({ code: 'bundle.http_status' })).toBe('team.error.notThere');
  });

  it('waits for what is undecided alone', () => {
    const all = (['waiting', 'approved', 'declined', 'shown'] as const).map(consent);
    expect(waitingConsents(all)).toEqual([all[0]]);
  });

  it('is unconfirmed when there is something to confirm', () => {
    expect(isUnconfirmed({ trust: 'first_use', fingerprint: 'f' })).toBe(true);
    expect(isUnconfirmed({ trust: 'first_use', fingerprint: null })).toBe(false);
    expect(isUnconfirmed({ trust: 'pinned', fingerprint: 'f' })).toBe(false);
  });

  it('tells its version, with its epoch after the first one, and none of what was never read', () => {
    const { t } = currentText();
    expect(versionOf({ epoch: 1, version: 12 }, t)).toBe('12');
    expect(versionOf({ epoch: 2, version: 12 }, t)).toBe('12 (epoch 2)');
    expect(versionOf({ epoch: null, version: null }, t)).toBeNull();
  });

  it('counts its sections in one order, unknown ones last', () => {
    expect(countsInOrder({ future: 1, app: 2, models: 3 }).map(([name]) => name)).toEqual(['models', 'app', 'future']);
  });
});

describe('why a bundle stands as it does', () => {
  const stated = (state: BundleState): Parameters<typeof toldReason>[0] =>
    card({
      ...{
        state,
        state_reason: 'As the instance says it.',
        conflicts: [{ pointer: '/models/allow', bundles: ['a@1', 'b@2'] }],
      },
      error: state === 'failed' ? { code: 'bundle.stale', message: 'As the instance says it.', at: '' } : null,
    });

  it('is told in the words of the instance where they are English', () => {
    for (const state of bundleStates)
      expect(toldReason(stated(state), currentText())).toEqual({ text: 'As the instance says it.', original: null });
  });

  it('is told in the language of the reader, and what only the instance knows as it said it', () => {
    expect(toldReason(stated('expiring'), german).text).toContain('Es läuft am 17.02.2027 ab');
    expect(toldReason(stated('conflict'), german)).toEqual({
      ...{ text: 'Nichts ist in allen diesen erlaubt: a@1, b@2.', original: null },
    });
    expect(toldReason(stated('failed'), german)).toEqual({ text: null, original: 'As the instance says it.' });
    for (const state of bundleStates.filter((one) => !['inactive', 'last_good', 'failed'].includes(one)))
      expect(toldReason(stated(state), german).original).toBeNull();
  });

  it('is told in one line by its error where there is one, and never by nothing', () => {
    expect(shortReason(stated('failed'), german)).toBe('Niemand sagt, dass es noch das neueste ist.');
    expect(shortReason(stated('failed'), currentText())).toBe('As the instance says it.');
    for (const state of bundleStates) expect(shortReason(card({ state }), german)).not.toBe('');
  });

  it('is shown as what it is, whatever a host put into it', () => {
    const hostile = { ...stated('failed'), state_reason: 'left \u202eright' };
    expect(toldReason(hostile, german).original).toBe('left \\u202eright');
  });
});

describe('a notice', () => {
  const notice = { key: 'k', name: 'n', version: 3, text: 'Told in English.', code: 'bundle.rollback' };
  const kinds = ['activated', 'rejected', 'needs_consent', 'expiring', 'expired', 'conflict'] as const;

  it('is told in the language of the reader', () => {
    expect(noticeText({ ...notice, kind: 'activated' }, german)).toBe('Version 3 gilt jetzt.');
    expect(noticeText({ ...notice, kind: 'rejected' }, german)).toContain('älter');
    for (const kind of kinds) {
      expect(noticeText({ ...notice, kind }, currentText())).toBe('Told in English.');
      expect(noticeText({ ...notice, kind }, german)).not.toBe('Told in English.');
    }
  });
});

describe('what a bundle that is looked at sets', () => {
  it('stands by section, with its reasons', () => {
    const groups = setGroups(
      {
        entries: [
          entry('/firewall/falcon'),
          entry('/models/deny', { reason: 'No previews' }),
          entry('/models/aliases/fast', { mode: 'default' }),
          entry('/app/proxy_only', { mode: 'app', bundle: null }),
        ],
        changes: [],
      },
      'enforced',
    );
    expect(groups.map(({ section }) => section)).toEqual(['models', 'firewall']);
    expect(groups[0]?.rows[0]).toMatchObject({ pointer: '/models/deny', reason: 'No previews' });
    expect(rowCount(groups)).toBe(2);
  });

  it('is told though nothing of it takes part yet', () => {
    const changes = [
      change('/enforced/models/deny', { after: ['y/*'] }),
      change('/defaults/masking/enabled'),
      change('/enforced/budgets/old', { kind: 'removed', after: undefined }),
    ];
    const locks = setGroups({ entries: [], changes }, 'enforced');
    expect(locks.flatMap(({ rows }) => rows.map(({ pointer }) => pointer))).toEqual(['/models/deny']);
    expect(rowCount(setGroups({ entries: [], changes }, 'defaults'))).toBe(1);
  });

  it('is told once', () => {
    const changes = [change('/enforced/models/deny'), change('/enforced/masking/detectors')];
    const entries = [entry('/models/deny'), entry('/masking/detectors/iban')];
    expect(rowCount(setGroups({ entries, changes }, 'enforced'))).toBe(2);
  });
});

describe('what holds', () => {
  const entries = [
    entry('/models/deny', { reason: 'No previews' }),
    entry('/models/allow', { mode: 'app', bundle: null }),
    entry('/firewall/falcon', { bundle: 'acme-team@3', mode: 'default' }),
  ];
  const found = (filter: Partial<Parameters<typeof filterEntries>[1]>): readonly string[] =>
    filterEntries(entries, { who: 'all', bundle: undefined, words: '', ...filter }, ({ pointer, reason }) =>
      [pointer, reason].join(' '),
    ).map(({ pointer }) => pointer);

  it('is found by who says so, by bundle and by words, together', () => {
    expect(found({})).toHaveLength(3);
    expect(found({ who: 'default' })).toEqual(['/firewall/falcon']);
    expect(found({ bundle: 'acme-core' })).toEqual(['/models/deny']);
    expect(found({ words: ' PREVIEWS  models ' })).toEqual(['/models/deny']);
    expect(found({ words: 'models', who: 'default' })).toEqual([]);
  });

  it('knows the id of a bundle apart from its version', () => {
    expect(bundleId('acme-core@12')).toBe('acme-core');
    expect(bundleId(null)).toBeNull();
  });
});
