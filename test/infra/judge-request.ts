/** A request as the firewall sees it. */
export interface FirewallRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  readonly bodyBytes?: number;
}

type Statement = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface FirewallRule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: Statement;
  readonly Action?: Readonly<Record<string, unknown>>;
  readonly OverrideAction?: Readonly<Record<string, unknown>>;
}

/**
 * The rules of a web ACL that apply to a request, by the kinds of statements that ours use: of a rate-based rule and of a
 * managed group, whether the request is theirs to count or to look at.
 *
 * @throws Error for a kind that it does not know: a rule must not pass unseen
 */
export const rulesFor = (rules: readonly FirewallRule[], request: FirewallRequest): readonly string[] =>
  [...rules]
    .sort((a, b) => a.Priority - b.Priority)
    .filter(({ Statement }) => applies(Statement, request))
    .map(({ Name }) => Name);

const applies = (statement: Statement, request: FirewallRequest): boolean => {
  const [[kind, content]] = Object.entries(statement) as [[string, Readonly<Record<string, unknown>>]];
  const inner = (name: string): Statement => content[name] as Statement;
  switch (kind) {
    case 'AndStatement':
      return (content.Statements as Statement[]).every((one) => applies(one, request));
    case 'NotStatement':
      return !applies(inner('Statement'), request);
    case 'RateBasedStatement':
    case 'ManagedRuleGroupStatement':
      return applies(inner('ScopeDownStatement'), request);
    case 'RegexMatchStatement':
      return new RegExp(String(content.RegexString)).test(fieldOf(inner('FieldToMatch'), request));
    case 'SizeConstraintStatement':
      return content.ComparisonOperator === 'GT' && (request.bodyBytes ?? 0) > Number(content.Size);
    default:
      throw new Error(`a firewall statement of a kind that is not known here: ${kind}`);
  }
};

const fieldOf = (field: Statement, { path, headers = {} }: FirewallRequest): string =>
  field.SingleHeader ? (headers[String(field.SingleHeader.Name)] ?? '') : path;
