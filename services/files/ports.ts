/** Where an object is. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** A link that takes one upload to one key, for as long as Storage says (two hours at a hosted project). */
export interface UploadLink {
  readonly url: string;
  readonly token: string;
}

export type ReadObject =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  /** There is more than was to be read; it was not read on. */
  | { readonly kind: 'too_large' };

/** Keeps objects. Every call may be repeated. Throws AppError `storage_unavailable`. */
export interface ObjectStore {
  /** Null when there is an object already: a link never replaces one. */
  readonly signUpload: (place: ObjectPlace) => Promise<UploadLink | null>;
  /** A link that downloads the object as an attachment of that name. */
  readonly signDownload: (
    place: ObjectPlace,
    as: { readonly name: string; readonly seconds: number },
  ) => Promise<string>;
  readonly read: (place: ObjectPlace, limit: number) => Promise<ReadObject>;
  /** Replaces what is there. */
  readonly write: (
    place: ObjectPlace,
    content: { readonly bytes: Buffer; readonly type: string },
  ) => Promise<void>;
  /** What is not there is as good as removed. */
  readonly remove: (bucket: string, keys: readonly string[]) => Promise<void>;
}

/** Has a file looked at, behind the answer. Throws AppError `queue_unavailable`. */
export type OrderInspection = (id: string) => Promise<void>;
