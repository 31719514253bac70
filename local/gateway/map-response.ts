import * as z from 'zod/mini';

/** A response on its way to the client. */
export type GatewayResponse = { status: number; headers: [name: string, value: string][]; body: Buffer };

const headerValue = z.union([z.string(), z.boolean(), z.number()]);

/** What a function may answer to a proxy integration: none of the fields is needed, no other is allowed. */
const proxyResponse = z.strictObject({
  statusCode: z.optional(z.union([z.int(), z.string().check(z.regex(/^\d{3}$/))])),
  headers: z.nullish(z.record(z.string(), headerValue)),
  multiValueHeaders: z.nullish(z.record(z.string(), z.array(headerValue))),
  body: z.nullish(z.string()),
  isBase64Encoded: z.nullish(z.boolean()),
});

/** API Gateway keeps these names for itself and sends the function's values under another. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'server', 'www-authenticate']);
const DROPPED = new Set(['host', 'transfer-encoding', 'upgrade', 'keep-alive', 'te', 'trailer']);

/** The HTTP response for a function's answer; undefined when the answer is malformed (API Gateway: 502). */
export function mapResponse(payload: string): GatewayResponse | undefined {
  const parsed = proxyResponse.safeParse(parseJson(payload));
  if (!parsed.success) return undefined;
  const { statusCode = 200, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const merged = mergeHeaders(headers ?? {}, multiValueHeaders ?? {});
  if (!merged.some(([name]) => name.toLowerCase() === 'content-type')) {
    merged.push(['Content-Type', 'application/json']);
  }
  return {
    status: Number(statusCode),
    headers: merged,
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type HeaderValue = z.infer<typeof headerValue>;

/** Both maps make one list; where both carry the same pair it counts once. */
function mergeHeaders(
  single: Record<string, HeaderValue>,
  multi: Record<string, HeaderValue[]>,
): [string, string][] {
  const pairs = Object.entries(multi).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const same = (name: string, value: HeaderValue) =>
    pairs.some(([other, otherValue]) => other.toLowerCase() === name.toLowerCase() && otherValue === value);
  const singles = Object.entries(single).filter(([name, value]) => !same(name, value));
  return [...singles, ...pairs].flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    if (DROPPED.has(lower)) return [];
    return [[REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, String(value)]];
  });
}
