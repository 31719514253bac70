import * as z from 'zod/mini';

/** The message behind which an uploaded file is looked at: a row's id and nothing else. */
export const fileInspectionSchema = z.strictObject({
  version: z.literal(1),
  /** Of public.files. */
  id: z.uuid(),
});

export type FileInspectionMessage = z.infer<typeof fileInspectionSchema>;
