/** One line for the runner's log: a request that a double answered, or a webhook attempt it made. */
export type DoubleLine =
  | {
      kind: 'request';
      provider: 'stripe' | 'paypal';
      method: string;
      path: string;
      /** 0 = the connection was cut. */
      status: number;
      ms: number;
      idempotencyKey: string | null;
    }
  | {
      kind: 'delivery';
      provider: 'stripe' | 'paypal';
      eventId: string;
      eventType: string;
      url: string;
      /** 1 = the first. */
      attempt: number;
      /** null = no answer. */
      status: number | null;
      error: string | null;
      ms: number;
      forged: boolean;
    };
