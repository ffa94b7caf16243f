import { describe, expect, it } from 'vitest';
import { createIpcTransport } from '../../../../renderer/bridge/ipc-transport.ts';

describe('the bridge of the desktop window', () => {
  it('is live at once, hands events on, and ends with what it returned', () => {
    const listeners = new Set<(event: unknown) => void>();
    const bridge = createIpcTransport({
      call: () => Promise.resolve({ ok: true, value: {} }),
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const told: unknown[] = [];
    const end = bridge.subscribe({
      onEvent: (event) => told.push(event),
      onConnection: (connection) => told.push(connection),
    });
    for (const listener of listeners) listener({ event: 'events.dropped', data: { count: 1 } });
    expect(told).toEqual(['live', { event: 'events.dropped', data: { count: 1 } }]);
    end();
    expect(listeners.size).toBe(0);
  });

  it('answers bridge.unreachable where the other side is gone, never a rejection', async () => {
    const bridge = createIpcTransport({
      call: () => Promise.reject(new Error('gone')),
      onEvent: () => () => undefined,
    });
    expect(await bridge.call('app.status', {})).toEqual({
      ok: false,
      error: { code: 'bridge.unreachable', message: 'gone', requestId: 'none' },
    });
  });
});
