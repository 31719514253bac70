import * as z from 'zod/mini';

/** How many of a list are asked for at a time, as a query says it: 1 to 100. */
export const pageLimit = z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'));

/** `next_cursor` of the page before, of lists that give short ones. */
export const pageCursor = z.string().check(z.regex(/^[\w-]{1,200}$/));

/** A page of a list: `next_cursor` asks for the next, null on the last. */
export const pageOf = <Item extends z.core.$ZodType>(item: Item) =>
  z.object({
    success: z.literal(true),
    data: z.array(item),
    has_more: z.boolean(),
    next_cursor: z.nullable(z.string()),
  });
