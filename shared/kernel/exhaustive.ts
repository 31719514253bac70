/** Makes a forgotten case a type error; should a value slip through at run time, it is named. */
export const exhaustive = (value: never): never => {
  throw new Error(`unhandled case: ${String(value)}`);
};
