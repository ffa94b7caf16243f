import { describe, expect, it } from 'vitest';
import { reportBody } from '../../../main/bundles/report.ts';

describe('what a publisher is told', () => {
  const facts = {
    ...{ pseudonym: 'p', appVersion: '1.6.0', platform: 'linux', effectiveHash: 'e' },
    labels: { team: 'platform', env: 'prod' },
    bundles: [
      { id: 'acme-core', epoch: 2, version: 12, sha256: 's', activeSince: 0, lastOk: 60_000 },
      { id: 'acme-team', epoch: 1, version: 3, sha256: 't', activeSince: 0, lastOk: null, error: 'bundle.http_status' },
    ],
  };

  it('is the versions in force and nothing else', () => {
    expect(JSON.parse(reportBody(facts))).toEqual({
      v: 1,
      install: 'p',
      labels: { env: 'prod', team: 'platform' },
      app: '1.6.0',
      os: 'linux',
      bundles: [
        {
          ...{ id: 'acme-core', epoch: 2, version: 12, sha256: 's' },
          ...{ active_since: '1970-01-01T00:00:00.000Z', last_ok: '1970-01-01T00:01:00.000Z' },
        },
        {
          ...{ id: 'acme-team', epoch: 1, version: 3, sha256: 't' },
          ...{ active_since: '1970-01-01T00:00:00.000Z', last_ok: null, error: 'bundle.http_status' },
        },
      ],
      effective_hash: 'e',
    });
  });

  it('takes nothing along that stands beside the facts', () => {
    const more = {
      ...facts,
      userName: 'ines',
      bundles: facts.bundles.map((one) => ({ ...one, url: 'https://x/?token=1' })),
    };
    expect(reportBody(more)).toBe(reportBody(facts));
  });

  it('is the same text whatever the order of labels', () => {
    expect(reportBody({ ...facts, labels: { env: 'prod', team: 'platform' } })).toBe(reportBody(facts));
  });
});
