/** The operators of a filter, as in Supabase's documentation of Postgres Changes and in realtime-js. */
export const OPERATORS = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  in: '= any',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
  is: 'is',
  isdistinct: 'is distinct from',
} as const;

export type Operator = keyof typeof OPERATORS;

/** One condition on a column: `status=not.eq.paid`. */
export type Filter = {
  column: string;
  operator: Operator;
  /** In Postgres' text form; for `in` that of an array. */
  value: string;
  isNegated: boolean;
};

/** Values of an `in` filter at most. */
export const LARGEST_LIST = 100;

/**
 * Reads `column=operator.value`, several of them with commas between; `not.` before an operator negates it, and a value in
 * double quotes may hold commas and parentheses.
 *
 * @throws Error in Realtime's words for what it cannot read
 */
export function parseFilters(text: string): Filter[] {
  if (text.trim() === '') return [];
  return splitConditions(text.trim()).map((part) => parseCondition(part.trim()));
}

function parseCondition(text: string): Filter {
  if (text === '') throw new Error('filter must not contain empty segments (check for extra commas)');
  const [, column = '', negation, operator = '', value = ''] =
    /^([^=]+)=(not\.)?([^.]+)\.(.*)$/s.exec(text) ?? [];
  if (!isOperator(operator)) throw new Error(JSON.stringify([operator || text, value].filter(Boolean)));
  return { column, operator, value: readValue(operator, value), isNegated: negation !== undefined };
}

const isOperator = (text: string): text is Operator => Object.hasOwn(OPERATORS, text);

function readValue(operator: Operator, text: string): string {
  if (operator === 'in') {
    if (!text.startsWith('(') || !text.endsWith(')')) {
      throw new Error('`in` filter value must be wrapped by parentheses');
    }
    return `{${text.slice(1, -1)}}`;
  }
  if (operator === 'is' && !/^(null|true|false|unknown)$/.test(text)) {
    throw new Error('invalid value for is filter: must be null, true, false, or unknown');
  }
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/s.exec(text) ?? [];
  return quoted === undefined ? text : quoted.replace(/\\(.)/gs, '$1');
}

/** Splits at commas that stand outside of quotes and parentheses. */
function splitConditions(text: string): string[] {
  const parts: string[] = [];
  let [current, depth, isQuoted] = ['', 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === ',' && depth === 0 && !isQuoted) {
      parts.push(current);
      current = '';
      continue;
    }
    current += char;
    if (isQuoted) {
      if (char === '\\') {
        at += 1;
        current += text[at] ?? '';
      } else if (char === '"') isQuoted = false;
    } else if (char === '"' && /[.(,]/.test(text[at - 1] ?? '')) isQuoted = true;
    else if (char === '(') depth += 1;
    else if (char === ')') depth = Math.max(0, depth - 1);
  }
  return [...parts, current];
}
