import * as z from 'zod/mini';
import { type HttpReply, type HttpRequest, jsonReply, readJsonBody } from './http-messages';

/** Runs `use` with the request's JSON body if the schema takes it, else answers 400 with what is wrong. */
export function withBody<T extends z.ZodMiniType>(
  request: HttpRequest,
  schema: T,
  use: (body: z.output<T>) => HttpReply | Promise<HttpReply>,
): HttpReply | Promise<HttpReply> {
  const json = readJsonBody(request);
  if (!json) return jsonReply(400, { error: 'the body is not a JSON object' });
  const parsed = schema.safeParse(json);
  if (!parsed.success) return jsonReply(400, { error: z.prettifyError(parsed.error) });
  return use(parsed.data);
}
