/** One API call a double answered. */
export interface ApiCall {
  atMs: number;
  method: string;
  path: string;
  /** 0 = the connection was cut. */
  status: number;
  ms: number;
  idempotencyKey: string | null;
  /** Decoded request body, secrets blanked. */
  body: unknown;
}

export interface CallLog {
  record(call: ApiCall, route: string): void;
  /** Calls per `METHOD /route/{pattern}` and the latest 1000 calls, newest last. */
  read(): { counts: Record<string, number>; recent: ApiCall[] };
  clear(): void;
}

const mostKept = 1000;
const secretName = /secret|password|token|number|cvc|authorization|api_key/i;

/** What was asked of the double, for tests that count calls. */
export function createCallLog(): CallLog {
  let counts = new Map<string, number>();
  let recent: ApiCall[] = [];
  return {
    record(call, route) {
      const key = `${call.method} ${route}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      recent.push({ ...call, body: blankSecrets(call.body) });
      if (recent.length > mostKept * 2) recent = recent.slice(-mostKept);
    },
    read: () => ({ counts: Object.fromEntries(counts), recent: recent.slice(-mostKept) }),
    clear() {
      counts = new Map();
      recent = [];
    },
  };
}

function blankSecrets(value: unknown, depth = 0): unknown {
  if (depth > 8) return '...';
  if (Array.isArray(value)) return value.map((item) => blankSecrets(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretName.test(name) ? '***' : blankSecrets(inner, depth + 1),
    ]),
  );
}
