import { afterEach, describe, expect, it } from 'vitest';
import { sendReport } from '../../../main/bundles/report.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Sites } from './hosts.ts';

const sites = new Sites();
afterEach(() => sites.end());

const way = { clock: systemClock, proxyFor: () => undefined, proxyOnly: false };

describe('a report', () => {
  it('is sent as it was shown, and of the answer only the status is read', async () => {
    let got = '';
    const { origin, asked } = await sites.site((request, response) => {
      request.on('data', (chunk: Buffer) => (got += chunk.toString()));
      request.on('end', () => {
        response.writeHead(202, { 'set-cookie': 'a=b' });
        // Without end: nobody reads it.
        const more = (): boolean => response.write(Buffer.alloc(65_536));
        response.on('drain', more);
        more();
      });
    });
    expect(await sendReport({ url: `${origin}/status`, body: '{"v":1,"ä":1}', ...way })).toEqual({ status: 202 });
    expect(got).toBe('{"v":1,"ä":1}');
    const { host, connection, ...rest } = asked[0]?.headers ?? {};
    expect([host, connection]).toEqual([origin.slice('http://'.length), 'close']);
    expect(rest).toEqual({
      ...{ 'user-agent': 'Sluice', 'accept-encoding': 'identity' },
      ...{ 'content-type': 'application/json', 'content-length': '14' },
    });
  });

  it('goes nowhere else, and a failure is told', async () => {
    const other = await sites.site((_request, response) => response.end());
    const { origin } = await sites.site((request, response) => {
      if (request.url === '/moved') response.writeHead(308, { location: other.origin }).end();
      else if (request.url === '/busy') response.writeHead(503, { 'retry-after': '60' }).end();
    });
    const send = (url: string): Promise<unknown> => sendReport({ url, body: '{}', ...way, limits: { totalMs: 150 } });
    await expect(send(`${origin}/moved`)).rejects.toMatchObject({
      code: 'bundle.http_status',
      details: { status: 308 },
    });
    await expect(send(`${origin}/busy`)).rejects.toMatchObject({ code: 'bundle.http_status', retryAfterS: 60 });
    await expect(send(`${origin}/mute`)).rejects.toMatchObject({ code: 'bundle.too_slow' });
    await expect(send('http://status.example/')).rejects.toMatchObject({ code: 'bundle.not_allowed' });
    await expect(send('file:///tmp/x')).rejects.toMatchObject({ code: 'bundle.not_allowed' });
    expect(other.asked).toHaveLength(0);
  });
});
