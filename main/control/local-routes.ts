/** HTTP over the local socket: `POST /calls/<name>` with a JSON body, and `GET /events` as one JSON object per line. */
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { failed, type Reply } from '../../shared/contract/reply.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { errorCodes } from '../../shared/errors/codes.ts';
import type { Dispatch } from './dispatch.ts';
import { streamEvents } from './event-stream.ts';
import type { Events } from './events.ts';

/** The largest input is a request that is simulated: what the data port takes by default, and what is around it. */
const maxBodyBytes = 40_000_000;

export function createLocalRoutes(dispatch: Pick<Dispatch, 'call'>, events: Events): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    // Only a browser sends these, and no browser has business on this socket (SEC-18).
    if (request.headers.origin === undefined && request.headers.referer === undefined) return next();
    refuse(response, 'control.forbidden', 'This socket serves the command line, not web pages.');
  });
  app.post('/calls/:name', express.json({ limit: maxBodyBytes, strict: false }), async (request, response) => {
    // Anything else could come from a form without a preflight.
    if (request.is('application/json') !== 'application/json') {
      return refuse(response, 'receive.content_type', 'Send application/json.');
    }
    send(response, await dispatch.call(request.params.name, request.body));
  });
  app.get('/events', async (_request, response) => {
    await streamEvents(response, events);
  });
  app.use((_request, response) => refuse(response, 'identify.unknown_path', 'There is nothing here.'));
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const tooLarge = error instanceof Error && 'status' in error && error.status === 413;
    refuse(
      response,
      tooLarge ? 'read.body_too_large' : 'read.invalid_json',
      error instanceof Error ? error.message : 'The request cannot be read.',
    );
  };
  app.use(onError);
  return app;
}

function refuse(response: Response, code: ErrorCode, message: string): void {
  if (response.headersSent) response.destroy();
  else send(response, failed({ code, message, requestId: 'none' }));
}

/** The reply is the same over every transport; the status is for people with curl. */
export function send(response: Response, reply: Reply<unknown>): void {
  response.status(reply.ok ? 200 : statusOf(reply.error.code)).json(reply);
}

function statusOf(code: string): number {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].status : 500;
}
