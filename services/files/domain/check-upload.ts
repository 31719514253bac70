import { AppError } from '#shared/errors/app-error';
import { readFileName } from './file-name';
import { type FileType, type Purpose, purposeRules } from './purposes';

export interface UploadWish {
  readonly purpose: Purpose;
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

export type AllowedUpload = UploadWish & { readonly type: FileType };

/**
 * An upload as it may be asked for. What is declared here is held against the bytes later.
 *
 * @throws AppError `file_name_rejected`, `file_type_not_allowed`, `file_too_large`
 */
export const checkUpload = (wish: UploadWish): AllowedUpload => {
  const { types, maxBytes } = purposeRules[wish.purpose];
  const type = types.find((one) => one === wish.type);
  if (type === undefined) {
    throw new AppError('file_type_not_allowed', {
      errors: [{ pointer: '/body/type', message: `must be one of ${types.join(', ')}` }],
    });
  }
  if (wish.size > maxBytes) {
    throw new AppError('file_too_large', {
      errors: [{ pointer: '/body/size', message: `must be at most ${maxBytes}` }],
    });
  }
  return { ...wish, type, name: readFileName(wish.name) };
};
