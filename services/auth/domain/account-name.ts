const MAX_LENGTH = 120;

/** What an account calls itself in its metadata (`name`, or the `full_name` of social sign-in); empty where nothing. */
export const nameOf = (metadata: Readonly<Record<string, unknown>>): string => {
  for (const value of [metadata.name, metadata.full_name]) {
    if (typeof value !== 'string') continue;
    const name = value.replace(/\p{Cc}/gu, ' ').trim();
    if (name !== '') return [...name].slice(0, MAX_LENGTH).join('');
  }
  return '';
};
