/** Makes a new random UUID. A parameter wherever ids are made, so that tests and simulations choose them. */
export type MakeId = () => string;

/** The present time in milliseconds since 1970. A parameter, never `Date.now()` inside a decision. */
export type Now = () => number;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a lower-case UUID, the form of all our ids. */
export const isUuid = (text: string): boolean => UUID.test(text);
