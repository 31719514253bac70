/** Calls the product as any client would: JSON over HTTP, nothing else. */
export type Api = (method: 'GET' | 'POST', path: string, body?: object, headers?: object) => Promise<Answer>;

/** What the routes that the demo uses answer, taken together. */
export type Answer = {
  user: { id: string; email: string; token: string };
  supabase_session: { access_token: string; refresh_token: string };
  prices: { id: string; name: string; amount: number | null; currency: string }[];
  payment: Payment;
  data: Payment[];
  client_secret: string;
  payment_intent_id: string;
  approve_url: string;
  order_id: string;
};

export type Payment = {
  id: string;
  provider: string;
  description: string;
  amount: number;
  currency: string;
  status: string;
};

/**
 * @param token session token; undefined before sign-in
 * @throws Error with the problem's own words when the answer is none of success
 */
export function makeApi(baseUrl: string, token: () => string | undefined): Api {
  return async (method, path, body, headers) => {
    const bearer = token();
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  };
}

/** 1999, USD -> $19.99; 1500, JPY -> ¥1,500 */
export function formatAmount(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
