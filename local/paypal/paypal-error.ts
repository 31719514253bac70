import { issueCatalogue } from './issue-catalogue';

/** One entry of `details` in an error body. `field` is a JSON pointer or `@method`-like location name. */
export type ErrorDetail = {
  field?: string;
  value?: string;
  location?: 'body' | 'path' | 'query';
  issue: string;
  description: string;
};

type Link = { href: string; rel: string; method?: string };

type Where = { field?: string; value?: string; location?: 'body' | 'path' | 'query' };

/** `name` and `message` per HTTP status, from the error_4xx schemas of the OpenAPI files. */
const families: Record<number, { name: string; message: string }> = {
  400: {
    name: 'INVALID_REQUEST',
    message: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  },
  401: {
    name: 'AUTHENTICATION_FAILURE',
    message:
      'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  },
  403: { name: 'NOT_AUTHORIZED', message: 'Authorization failed due to insufficient permissions.' },
  404: { name: 'RESOURCE_NOT_FOUND', message: 'The specified resource does not exist.' },
  405: { name: 'METHOD_NOT_SUPPORTED', message: 'The server does not implement the requested HTTP method.' },
  409: {
    name: 'RESOURCE_CONFLICT',
    message: 'The server has detected a conflict while processing this request.',
  },
  413: { name: 'REQUEST_ENTITY_TOO_LARGE', message: 'The request body is too large.' },
  415: {
    name: 'UNSUPPORTED_MEDIA_TYPE',
    message: "The server does not support the request payload's media type.",
  },
  422: {
    name: 'UNPROCESSABLE_ENTITY',
    message:
      'The requested action could not be performed, semantically incorrect, or failed business validation.',
  },
  429: { name: 'RATE_LIMIT_REACHED', message: 'Too many requests. Blocked due to rate limiting.' },
  500: { name: 'INTERNAL_SERVER_ERROR', message: 'An internal server error occurred.' },
  503: { name: 'SERVICE_UNAVAILABLE', message: 'Service Unavailable.' },
};

/** An error PayPal answers, thrown by the double's operations and rendered in one place. */
export class PayPalError extends Error {
  override readonly name = 'PayPalError';

  constructor(
    readonly status: number,
    readonly details: readonly ErrorDetail[] = [],
    readonly links: readonly Link[] = [],
  ) {
    super(details[0]?.issue ?? familyOf(status).name);
  }

  /** 400: the request breaks the schema. */
  static invalid(issue: string, where: Where = {}): PayPalError {
    return new PayPalError(400, [detail(issue, { location: 'body', ...where })]);
  }

  /** 422: the request is well-formed, the business rule says no. `links` may tell where to send the payer. */
  static unprocessable(issue: string, where: Where = {}, links: readonly Link[] = []): PayPalError {
    return new PayPalError(422, [detail(issue, where)], links);
  }

  /** 404 INVALID_RESOURCE_ID for a path parameter. */
  static notFound(field: string, value: string): PayPalError {
    return new PayPalError(404, [detail('INVALID_RESOURCE_ID', { field, value, location: 'path' })]);
  }

  /** 409: the first of two simultaneous calls with one PayPal-Request-Id has not finished. */
  static inProgress(): PayPalError {
    return new PayPalError(409, [detail('PREVIOUS_REQUEST_IN_PROGRESS', {})]);
  }

  /**
   * The error named by a code, as PayPal's sandbox does for the `PayPal-Mock-Response` header
   * (negative testing): an issue of the catalogue, or the name of a whole family.
   */
  static fromCode(code: string): PayPalError {
    const family = Object.entries(families).find(([, known]) => known.name === code);
    if (family !== undefined) return new PayPalError(Number(family[0]));
    return new PayPalError(issueCatalogue[code]?.status ?? 422, [detail(code, {})]);
  }

  /** The JSON body; `debugId` is also sent as the Paypal-Debug-Id header. */
  toBody(debugId: string): Record<string, unknown> {
    const { name, message } = familyOf(this.status);
    const anchor = this.details[0]?.issue ?? name;
    return {
      name,
      ...(this.details.length > 0 ? { details: this.details } : {}),
      message,
      debug_id: debugId,
      links: [
        {
          href: `https://developer.paypal.com/api/orders/v2/#error-${anchor}`,
          rel: 'information_link',
          method: 'GET',
        },
        ...this.links,
      ],
    };
  }
}

function familyOf(status: number): { name: string; message: string } {
  return families[status] ?? { name: 'INTERNAL_SERVER_ERROR', message: 'An internal server error occurred.' };
}

function detail(issue: string, where: Where): ErrorDetail {
  const description = issueCatalogue[issue]?.description ?? 'The request was refused.';
  return {
    ...(where.field === undefined ? {} : { field: where.field }),
    ...(where.value === undefined ? {} : { value: where.value.slice(0, 200) }),
    ...(where.location === undefined ? {} : { location: where.location }),
    issue,
    description,
  };
}
