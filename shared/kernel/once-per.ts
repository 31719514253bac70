/** Makes something of a value, once for as long as the value stays the same: of configuration that may change. */
export const oncePer = <Key, Made>(make: (key: Key) => Made): ((key: Key) => Made) => {
  let kept: { readonly key: Key; readonly made: Made } | null = null;
  return (key) => {
    if (kept === null || kept.key !== key) kept = { key, made: make(key) };
    return kept.made;
  };
};
