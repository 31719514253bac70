/** Variables of the template that whoever starts the runner may set otherwise. */
const ADJUSTABLE = ['RATE_LIMIT_FACTOR', 'SIGN_IN_STEP_MS'] as const;

/** Those of a function that are set otherwise, and to what. */
export function adjustedVariables(
  template: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const adjusted = ADJUSTABLE.flatMap((name): [string, string][] => {
    const value = given[name] ?? '';
    return template[name] === undefined || value === '' ? [] : [[name, value]];
  });
  return Object.fromEntries(adjusted);
}
