import { describe, expect, it } from 'vitest';
import { classifyTransportError } from '../../../../main/gateway/upstream/classify.ts';

function system(code: string, syscall = 'connect'): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}

const several = (...codes: string[]): AggregateError => new AggregateError(codes.map((code) => system(code)));

describe('a network that is down', () => {
  it.each<[string, Error]>([
    ['no route', system('ENETUNREACH')],
    ['no interface', system('ENETDOWN')],
    ['no name server', system('EAI_AGAIN', 'getaddrinfo')],
    ['no route to any address', several('ENETUNREACH', 'ENETUNREACH')],
  ])('is told from one provider: %s', (_what, error) => {
    expect(classifyTransportError(error, 'a.example').details).toEqual({ deadNetwork: true });
  });

  it.each<[string, Error]>([
    ['a closed port', system('ECONNREFUSED')],
    ['one host that is not reached', system('EHOSTUNREACH')],
    ['a name that does not exist', system('ENOTFOUND', 'getaddrinfo')],
    ['no route in one family, a closed port in the other', several('ENETUNREACH', 'ECONNREFUSED')],
    ['several addresses of which nothing is known', new AggregateError([])],
  ])('is not %s', (_what, error) => {
    expect(classifyTransportError(error, 'a.example').details).toBeUndefined();
  });
});

describe('a connection that breaks', () => {
  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])('leaves open whether a request on it was served: %s', (code) => {
    expect(classifyTransportError(system(code, 'read'), 'a.example').code).toBe('attempt.reset');
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])('before there was a request on it has served none: %s', (code) => {
    const error = classifyTransportError(system(code, 'read'), 'a.example', false);
    expect([error.code, error.message]).toEqual([
      'attempt.connect',
      expect.stringContaining('a.example closed the connection before the request could be sent'),
    ]);
  });
});
