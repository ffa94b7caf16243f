import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { clientDialectById } from '../../../../main/gateway/dialect-registry.ts';
import { createArrayFraming } from '../../../../main/gateway/dialects/gemini/gemini.ts';
import { readAnswer, type ErrorEnding } from '../../../../main/gateway/relay/bodies.ts';
import { PlainBody } from '../../../../main/gateway/relay/plain-body.ts';
import { chatStream, chunk, done, play, said, startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(async () => {
  vi.useRealTimers();
  await rig.close();
});

const reset = new GatewayError('attempt.reset', 'The connection was reset.');

describe('an answer that is held', () => {
  it('is told of at its first content and goes out whole at its end', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { hold: true });
    relay.head(200, {});
    say(chunk({ role: 'assistant' }));
    expect(told).toEqual([]);
    say(said('Hello'));
    say(said(' there'));
    expect(told).toEqual(['content']);
    expect(writer.headSent).toBe(false);
    expect(relay.isCommitted).toBe(false);
    say(done);
    relay.end();
    expect(told).toEqual(['content', 'commit', 'done well']);
    const text = chunk({ role: 'assistant' }) + said('Hello') + said(' there') + done;
    expect(await answer).toMatchObject({
      status: 200,
      text,
      isTorn: false,
      headers: { 'content-length': String(text.length), 'x-test': 'yes' },
    });
  });

  it('costs the client nothing when it breaks, however it does', async () => {
    const breaks: [string, (played: ReturnType<typeof play>) => void][] = [
      [
        'attempt.reset',
        ({ relay }) => {
          relay.fail(reset);
        },
      ],
      [
        'relay.stream_incomplete',
        ({ relay }) => {
          relay.end();
        },
      ],
      [
        'attempt.upstream_error',
        ({ say }) => {
          say('data: {"error":{"message":"overloaded"}}\n\n');
        },
      ],
      [
        'relay.stream_malformed',
        ({ say }) => {
          say('data: {\n\ndata: {\n\n');
        },
      ],
    ];
    for (const [code, breakIt] of breaks) {
      const { writer, answer } = await rig.ask();
      const takeOver = vi.fn(() => true);
      const first = play(writer, { hold: true, takeOver });
      first.relay.head(200, {});
      first.say(said('Hel'));
      breakIt(first);
      expect(first.told).toEqual(['content', `refuse ${code}`]);
      expect(first.source.isAborted).toBe(true);
      expect(takeOver).not.toHaveBeenCalled();
      const second = play(writer, { hold: true });
      second.relay.head(200, {});
      second.say(said('Hello') + done);
      second.relay.end();
      expect((await answer).text).toBe(said('Hello') + done);
    }
  });

  it('is complete with its end, even when the connection breaks behind it', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { hold: true });
    relay.head(200, {});
    say(said('Hello') + done);
    relay.fail(reset);
    expect(told).toEqual(['content', 'commit', 'done well']);
    expect((await answer).text).toBe(said('Hello') + done);
  });

  it('is complete with its end, even when a trailer is cut', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { hold: true });
    relay.head(200, {});
    say(`${said('Hello')}${done}data: {"usa`);
    relay.end();
    expect(told).toEqual(['content', 'commit', 'done well']);
    expect((await answer).text).toBe(said('Hello') + done);
  });

  it('is ended by us when its provider leaves the connection open', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { hold: true });
    relay.head(200, {});
    say(said('Hello') + done);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual(['content', 'commit', 'done well']);
    expect((await answer).text).toBe(said('Hello') + done);
  });

  it('is committed like any other once it is larger than what is held', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { hold: true });
    relay.head(200, {});
    const piece = said('x'.repeat(64 * 1024));
    let pieces = 0;
    while (!relay.isCommitted && pieces < 1_000) {
      say(piece);
      pieces++;
    }
    expect(pieces * piece.length).toBeGreaterThan(8 * 1024 * 1024);
    expect((pieces - 1) * piece.length).toBeLessThanOrEqual(8 * 1024 * 1024);
    say(done);
    relay.end();
    expect(told).toEqual(['content', 'commit', 'done well']);
    expect((await answer).text.length).toBe(pieces * piece.length + done.length);
  });

  it('keeps a waiting client with comments meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { writer, answer } = await rig.ask();
    writer.keepAlive({ head: () => [['content-type', 'text/event-stream']], comments: true });
    const { relay, say } = play(writer, { hold: true });
    relay.head(200, {});
    say(said('Hel'));
    await vi.advanceTimersByTimeAsync(25_000);
    say(said('lo') + done);
    relay.end();
    const comment = ': keep-alive\n\n';
    expect((await answer).text).toBe(comment + comment + said('Hel') + said('lo') + done);
  });

  it('may be a plain one', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, {
      hold: true,
      createBody: (made) =>
        new PlainBody(made, {
          meter: undefined,
          contentType: 'audio/mpeg',
          isJson: false,
          streams: true,
          onFirstContent: () => undefined,
        }),
    });
    relay.head(200, {});
    say('abc');
    expect(told).toEqual(['content']);
    say('def');
    relay.end();
    expect(told).toEqual(['content', 'commit', 'done well']);
    expect(await answer).toMatchObject({ text: 'abcdef', headers: { 'content-length': '6' } });
  });
});

describe('an answer that breaks after its first content', () => {
  it('is left to another attempt without a word, if it wants', async () => {
    const { writer, answer } = await rig.ask();
    const asked: string[] = [];
    const first = play(writer, {
      takeOver: (error) => {
        asked.push(error.code);
        return true;
      },
    });
    first.relay.head(200, {});
    first.say(said('Hel'));
    first.relay.fail(reset);
    first.say(said('lost'));
    first.relay.end();
    expect(asked).toEqual(['relay.stream_cut']);
    expect(first.told).toEqual(['content', 'commit', 'broken relay.stream_cut']);
    expect(first.source.isAborted).toBe(true);
    expect(first.relay.isOver).toBe(true);
    const second = play(writer);
    second.relay.head(200, { 'content-type': 'text/plain' });
    second.say(said('lo') + done);
    second.relay.end();
    expect(second.told).toEqual(['content', 'commit', 'done well']);
    const { text, headers, isTorn } = await answer;
    expect(text).toBe(said('Hel') + said('lo') + done);
    expect(headers['content-type']).toBe('text/event-stream');
    expect(isTorn).toBe(false);
  });

  it('ends as an error in it when nobody takes it over', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, { takeOver: () => false });
    relay.head(200, {});
    say(said('Hel'));
    relay.fail(reset);
    expect(told).toEqual(['content', 'commit', 'done relay.stream_cut']);
    const { text } = await answer;
    expect(text.startsWith(said('Hel'))).toBe(true);
    expect(text).toContain('"error"');
    expect(text).not.toContain('[DONE]');
  });

  it('is not the client’s trouble when the second attempt fails before it says anything', async () => {
    const { writer, answer } = await rig.ask();
    const first = play(writer, { takeOver: () => true });
    first.relay.head(200, {});
    first.say(said('Hel'));
    first.relay.end();
    const second = play(writer, { takeOver: () => true });
    second.relay.head(200, {});
    second.say(chunk({ role: 'assistant' }));
    second.relay.fail(reset);
    expect(second.told).toEqual(['refuse attempt.reset']);
    const third = play(writer);
    third.relay.head(200, {});
    third.say(said('lo') + done);
    third.relay.end();
    expect((await answer).text).toBe(said('Hel') + said('lo') + done);
  });

  it('keeps its client with comments until another goes on, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { writer, answer } = await rig.ask();
    const keepAlive = { head: () => [], comments: true };
    writer.keepAlive(keepAlive);
    const first = play(writer, { takeOver: () => true });
    first.relay.head(200, {});
    first.say(said('Hel'));
    await vi.advanceTimersByTimeAsync(15_000);
    first.relay.end();
    writer.keepAlive(keepAlive);
    await vi.advanceTimersByTimeAsync(15_000);
    const second = play(writer);
    second.relay.head(200, {});
    second.say(said('lo'));
    await vi.advanceTimersByTimeAsync(15_000);
    second.say(done);
    second.relay.end();
    expect((await answer).text).toBe(`${said('Hel')}: keep-alive\n\n${said('lo')}${done}`);
  });
});

describe('an answer that has its end', () => {
  const end = chunk({}, 'stop');
  const overdue = new GatewayError('relay.total_timeout', 'It took too long.');

  it.each<[string, (played: ReturnType<typeof play>) => void]>([
    [
      'time that is over',
      ({ relay }) => {
        relay.breakOff(overdue);
      },
    ],
    [
      'events that cannot be read',
      ({ say }) => {
        say('data: {oops\n\ndata: {oops\n\n');
      },
    ],
  ])('is not broken any more by %s', async (_what, disturb) => {
    const { writer, answer } = await rig.ask();
    const played = play(writer);
    played.relay.head(200, {});
    played.say(said('Hello') + end);
    disturb(played);
    expect(played.told).toEqual(['content', 'commit', 'done well']);
    expect(await answer).toMatchObject({ text: said('Hello') + end, isTorn: false });
  });

  it('is not broken by rubbish in the same packet', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say } = play(writer);
    relay.head(200, {});
    say(`${said('Hello')}${end}data: {oops\n\ndata: {oops\n\n`);
    expect(await answer).toMatchObject({ text: said('Hello') + end, isTorn: false });
  });
});

describe('silence', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  const ping = ': ping\n\n';
  const clocks = { idleMs: 1_000, contentMs: 5_000 };

  it.each([false, true])('ends an answer, held or not (%s)', async (hold) => {
    const { writer } = await rig.ask();
    const { relay, say, told } = play(writer, { ...clocks, hold });
    relay.head(200, {});
    say(said('Hel'));
    await vi.advanceTimersByTimeAsync(999);
    expect(relay.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(told.at(-1)).toBe(`${hold ? 'refuse' : 'done'} relay.idle_timeout`);
  });

  it('is not broken by signs of life for ever', async () => {
    const { writer, answer } = await rig.ask();
    const { relay, say, told } = play(writer, clocks);
    relay.head(200, {});
    say(said('Hel'));
    for (let seconds = 0; seconds < 4; seconds++) {
      await vi.advanceTimersByTimeAsync(900);
      say(ping);
    }
    say(said('lo'));
    let pings = 0;
    while (!relay.isOver && pings < 100) {
      await vi.advanceTimersByTimeAsync(500);
      say(ping);
      pings++;
    }
    // Counted from the last content.
    expect(pings).toBe(10);
    expect(told.at(-1)).toBe('done relay.idle_timeout');
    expect((await answer).text).toContain('signs of life but no content for 5000 ms');
  });

  it('of content may last as long as silence may', async () => {
    const { writer } = await rig.ask();
    const { relay, say } = play(writer, { idleMs: 9_000, contentMs: 5_000 });
    relay.head(200, {});
    say(said('Hel'));
    await vi.advanceTimersByTimeAsync(8_999);
    expect(relay.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(relay.isOver).toBe(true);
  });

  it('before the first content is not the relay’s to judge', async () => {
    const { writer } = await rig.ask();
    const { relay, say } = play(writer, clocks);
    relay.head(200, {});
    say(chunk({ role: 'assistant' }));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(relay.isOver).toBe(false);
    relay.stop();
  });
});

describe('an answer in a wrapping', () => {
  const ending = (): ErrorEnding => ({
    dialect: clientDialectById('gemini'),
    requestId: 'r',
    framing: createArrayFraming(),
  });

  it('is one wrapped text, though an attempt that was held broke before', async () => {
    const { writer, answer } = await rig.ask();
    const shared = ending();
    const first = play(writer, { hold: true, createBody: (made) => chatStream(made, shared) });
    first.relay.head(200, {});
    first.say(said('Hel'));
    first.relay.fail(reset);
    const second = play(writer, { hold: true, createBody: (made) => chatStream(made, shared) });
    second.relay.head(200, {});
    second.say(said('Hello') + done);
    second.relay.end();
    expect(JSON.parse((await answer).text)).toHaveLength(2);
  });

  it('is one wrapped text of two attempts', async () => {
    const { writer, answer } = await rig.ask();
    const shared = ending();
    const first = play(writer, { takeOver: () => true, createBody: (made) => chatStream(made, shared) });
    first.relay.head(200, {});
    first.say(said('Hel'));
    first.relay.fail(reset);
    const second = play(writer, { createBody: (made) => chatStream(made, shared) });
    second.relay.head(200, {});
    second.say(said('lo'));
    second.say(done);
    second.relay.end();
    expect(JSON.parse((await answer).text)).toHaveLength(3);
  });
});

describe('a web page in place of an answer', () => {
  const caught = (body: string): GatewayError => {
    try {
      readAnswer(Buffer.from(body));
    } catch (error) {
      if (error instanceof GatewayError) return error;
    }
    throw new Error('nothing was thrown');
  };

  it.each(['<!DOCTYPE html><title>Log in</title>', '\n <html lang="de">', '\uFEFF<!-- hotel -->\n<HTML>', '<head>'])(
    'is told apart by its text: %j',
    (page) => {
      expect(caught(page)).toMatchObject({ code: 'attempt.not_an_answer', details: { webPage: true } });
    },
  );

  it.each(['', 'Bad gateway', '<xml/>', '[1]', '{"html": '])('is not what %j is', (text) => {
    const error = caught(text);
    expect(error.code).toBe('attempt.not_an_answer');
    expect(error.details).toBeUndefined();
  });
});
