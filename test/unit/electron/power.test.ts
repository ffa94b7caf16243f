import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { afterEach, describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../shared/contract/contract.ts';
import { createEvents } from '../../../main/control/events.ts';
import { networkFingerprint, watchPower } from '../../../main/electron/power.ts';
import { createSystemProxy, readProxyList } from '../../../main/electron/system-proxy.ts';
import type { Log } from '../../../main/kit/log.ts';

// What is in an entry is nothing to this module.
const opened = { event: 'exchange.opened', data: {} } as AnyEvent;
const offline: AnyEvent = { event: 'health.changed', data: { offline: true, entry: null } };

describe('power and network', () => {
  const monitor = new EventEmitter();
  const events = createEvents();
  const told: string[] = [];
  let network = 'wifi';
  let looks = 0;
  let now = 0;
  const stop = watchPower({
    powerMonitor: monitor as unknown as PowerMonitor,
    networks() {
      looks += 1;
      return network;
    },
    events,
    clock: { monotonic: () => now },
    onWake: () => told.push('wake'),
    onNetworkChange: () => told.push('network'),
    onShutdown: () => told.push('shutdown'),
  });

  const publish = async (event: AnyEvent): Promise<void> => {
    events.publish(event);
    await new Promise((resolve) => setImmediate(resolve));
  };

  afterEach(() => void told.splice(0));

  it('are not looked at while nothing happens, nor for every request of a burst', async () => {
    const before = looks;
    now += 60_000;
    for (let request = 0; request < 50; request += 1) await publish(opened);
    expect(looks).toBe(before + 1);
    expect(told).toEqual([]);
  });

  it('tell of another network with the first request on it', async () => {
    network = 'vpn';
    now += 1_000;
    await publish(opened);
    await publish(opened);
    expect(told).toEqual(['network']);
  });

  it('are looked at when every provider fails, however short ago that was', async () => {
    network = 'none';
    await publish(offline);
    expect(told).toEqual(['network']);
  });

  it('tell of waking up once, with the network of then', async () => {
    network = 'hotel';
    monitor.emit('resume');
    now += 1_000;
    await publish(opened);
    expect(told).toEqual(['wake']);
  });

  it('look when the screen is unlocked', () => {
    network = 'home';
    monitor.emit('unlock-screen');
    expect(told).toEqual(['network']);
  });

  it('hold the system back for the moment that a quick end takes', () => {
    let isHeld = false;
    monitor.emit('shutdown', { preventDefault: () => (isHeld = true) });
    expect(told).toEqual(['shutdown']);
    expect(isHeld).toBe(true);
  });

  it('are left alone once stopped', async () => {
    stop();
    network = 'elsewhere';
    now += 10_000;
    await publish(opened);
    for (const name of ['resume', 'unlock-screen', 'shutdown']) monitor.emit(name);
    expect(told).toEqual([]);
    expect(events.listening).toBe(false);
  });
});

describe('the fingerprint of the network', () => {
  it('is of addresses that lead out, in whatever order they come', () => {
    const loopback = { cidr: '127.0.0.1/8', internal: true };
    const lan = { cidr: '192.168.1.7/24', internal: false };
    const vpn = { cidr: '10.8.0.2/24', internal: false };
    const before = networkFingerprint({ lo: [loopback], eth0: [lan], tun0: [vpn] });
    expect(networkFingerprint({ tun0: [vpn], eth0: [lan] })).toBe(before);
    expect(networkFingerprint({ eth0: [lan] })).not.toBe(before);
  });
});

describe('the proxy of the system', () => {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    flush: () => undefined,
  };
  let answers: Record<string, string> = { 'https://api.example/': 'PROXY proxy.corp:8080; DIRECT' };
  const asked: string[] = [];
  const proxy = createSystemProxy({
    async resolve(url) {
      asked.push(url);
      const answer = answers[url];
      if (answer === undefined) throw new Error('no PAC file');
      return answer;
    },
    fallback: (origin) => (origin === 'https://env.example' ? 'http://env:3128' : undefined),
    isExcepted: (origin) => origin === 'https://no.example',
    origins: () => ['https://api.example', 'http://127.0.0.1:11434'],
    log,
  });

  it('is asked for every provider beforehand, loopback excepted', async () => {
    await proxy.refresh();
    expect(asked).toEqual(['https://api.example/']);
    expect(proxy.proxyFor('https://api.example')).toBe('http://proxy.corp:8080');
    expect(proxy.proxyFor('http://127.0.0.1:11434')).toBeUndefined();
  });

  it('gives way to the environment, to its exceptions too', () => {
    expect(proxy.proxyFor('https://env.example')).toBe('http://env:3128');
    expect(proxy.proxyFor('https://no.example')).toBeUndefined();
    expect(asked).not.toContain('https://no.example/');
  });

  it('is asked about an origin that is new, and stays what it was when the system does not answer', async () => {
    answers['https://new.example/'] = 'HTTPS secure.corp:443';
    expect(proxy.proxyFor('https://new.example')).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.proxyFor('https://new.example')).toBe('https://secure.corp:443');
    answers = {};
    await proxy.refresh();
    expect(proxy.proxyFor('https://new.example')).toBe('https://secure.corp:443');
  });

  it('is another one on another network', async () => {
    answers = { 'https://api.example/': 'DIRECT', 'https://new.example/': 'DIRECT' };
    await proxy.refresh();
    expect(proxy.proxyFor('https://api.example')).toBeUndefined();
  });

  it.each([
    ['DIRECT', undefined, 0],
    ['PROXY a:1; PROXY b:2', 'http://a:1', 0],
    ['HTTPS [2001:db8::1]:443', 'https://[2001:db8::1]:443', 0],
    ['SOCKS5 s:1080; DIRECT', 'socks5://s:1080', 0],
    ['QUIC q:443; PROXY b:2', 'http://b:2', 1],
    ['SOCKS s:1080; DIRECT', undefined, 1],
    // Never directly where only a proxy was prescribed.
    ['SOCKS s:1080', 'socks5://s:1080', 1],
    ['PROXY user:pass@evil/path; DIRECT', undefined, 1],
    ['', undefined, 0],
  ])('is the first of %j that can be used', (answer, expected, skipped) => {
    expect(readProxyList(answer)).toMatchObject({ proxy: expected });
    expect(readProxyList(answer).skipped).toHaveLength(skipped);
  });
});
