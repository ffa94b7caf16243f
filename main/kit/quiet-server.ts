/** An HTTP server that keeps no clock while nobody is connected. */
import type { Server } from 'node:http';

/** Node's own limit for timers: as good as never. */
const neverMs = 2 ** 31 - 1;

/**
 * Node looks at the connections of a server every `connectionsCheckingInterval`, also while there are none, so that a machine at
 * rest would be woken for nothing (UX-62). From now on it looks only while there are any. What the server was made with is its
 * pace; the limits on heads and requests hold as before.
 */
export function restWhileUnconnected(server: Server, paceMs: number): void {
  // Its clock is set with this property whenever it begins to listen, and takes the place of the one before.
  const paced = server as Server & { connectionsCheckingInterval: number };
  let connections = 0;
  const setPace = (ms: number): void => {
    paced.connectionsCheckingInterval = ms;
    paced.emit('listening');
  };
  const begin = (): void => {
    if (connections === 0) setPace(neverMs);
  };
  server.on('connection', (socket) => {
    connections += 1;
    if (connections === 1) setPace(paceMs);
    socket.once('close', () => {
      connections -= 1;
      if (connections === 0 && server.listening) setPace(neverMs);
    });
  });
  if (server.listening) begin();
  else server.once('listening', () => setImmediate(begin));
}
