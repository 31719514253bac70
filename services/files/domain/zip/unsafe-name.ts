import { refuse } from '../refusal';

const MAX_CHARACTERS = 1_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;

/** Refuses a name that leads out of the folder an archive is unpacked in, on any system. */
export const refuseUnsafeName = (name: string): void => {
  const steps = name.split(/[/\\]/);
  const leadsOut = steps.includes('..') || steps[0] === '' || /^[A-Za-z]:/.test(name);
  if (name === '' || leadsOut || CONTROL.test(name) || name.length > MAX_CHARACTERS) refuse('zip_unsafe');
};
