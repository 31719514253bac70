/** A message of the Phoenix channel protocol, in either direction. */
export type PhoenixMessage<Payload = unknown> = {
  /** Reference of the join that the message belongs to; null where it belongs to the socket. */
  joinRef: string | null;
  /** Reference that a reply repeats; null where nobody waits for one. */
  ref: string | null;
  topic: string;
  event: string;
  payload: Payload;
};

/** A broadcast whose body travels as it is, without being parsed: kinds 3 (to the server) and 4 (to clients) of vsn 2.0.0. */
export class UserBroadcast {
  constructor(
    readonly event: string,
    readonly encoding: 'json' | 'binary',
    readonly body: Buffer,
  ) {}
}

/** JSON text that goes into a message as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** The JSON of a payload. */
export function jsonOf(payload: unknown): string {
  return payload instanceof JsonText ? payload.text : JSON.stringify(payload);
}
