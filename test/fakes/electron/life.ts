// Keeps the process alive as Electron does: without a timer, so that those of the app can be counted.

/** Until what it returns is called. */
export function stayAlive(): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => undefined;
  return () => {
    port1.close();
    port2.close();
  };
}
