/**
 * The key of a provider call of ours, such as `refund:1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b:1`: what is done, to what, and
 * for the how-manyth time since the provider refused for good. Only that form is believed when it comes back from a provider.
 */
const CALL_KEY =
  /^(?:create|capture|refund|cancel):[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::\d{1,6})?$/;

/** The key in a field that we once filled; null where somebody else did. */
export const readCallKey = (text: string | null | undefined): string | null =>
  text != null && CALL_KEY.test(text) ? text : null;

/**
 * A key as PayPal's `custom_id` takes it and gives it back: letters, digits, `-`, `_`, `.` and `,`
 * (Payments v2 2.5 and Orders v2 2.13, schema `refund`).
 */
export const toCustomId = (key: string): string => key.replaceAll(':', '.');

/** The key in a `custom_id`; null where it is none, such as our payment's id on a capture. */
export const readCustomId = (customId: string | null | undefined): string | null =>
  readCallKey(customId?.replaceAll('.', ':'));
