import { AppError, type FieldError } from '#shared/errors/app-error';
import type { Schema, SchemaIssue } from '#shared/kernel/route';

/** The parts of a request that a contract describes. */
export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

type Part = keyof RequestParts;

/** Checks each described part and reports all faults at once, each with a JSON Pointer such as `/body/email`. */
export const validateRequest = async (
  schemas: { readonly [P in Part]?: Schema | undefined },
  parts: RequestParts,
): Promise<RequestParts> => {
  const errors: FieldError[] = [];
  const check = async (part: Part): Promise<unknown> => {
    const schema = schemas[part];
    if (schema === undefined) return undefined;
    const result = await schema['~standard'].validate(parts[part]);
    if (result.issues === undefined) return result.value;
    errors.push(
      ...result.issues.map((issue) => ({
        pointer: cut(pointerOf(part, issue)),
        message: cut(issue.message),
      })),
    );
    return undefined;
  };
  const checked = { params: await check('params'), query: await check('query'), body: await check('body') };
  if (errors.length > 0) throw new AppError('request_invalid', { errors: errors.slice(0, 20) });
  return checked;
};

/** Names that the client made up stand in both, and there may be many, and long. */
const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const pointerOf = (part: Part, issue: SchemaIssue): string =>
  ['', part, ...(issue.path ?? []).map((p) => String(typeof p === 'object' ? p.key : p))]
    .map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))
    .join('/');

/**
 * Parses a JSON body. Only UTF-8 `application/json` counts: a form post from a foreign page must not reach a handler
 * (it needs no CORS preflight).
 */
export const parseJsonBody = (rawBody: Buffer, contentType: string | undefined): unknown => {
  if (rawBody.length === 0) return {};
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '')) {
    throw new AppError('unsupported_media_type');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody));
  } catch (cause) {
    throw new AppError('body_not_json', { cause });
  }
};
