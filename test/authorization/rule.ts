import type { ErrorCode } from '#shared/errors/error-codes';
import type { Kind, World } from './objects';
import type { IdentityName, Person } from './people';

/** A status, or the code of an error. */
export type Outcome = number | ErrorCode;

/** What goes with a request beside its path. */
export interface Parts {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Path parameters other than `id`. */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * What a contract does not say of a route, and its authorization depends on. Everything else is expected from the contract:
 * who passes, and which code the others get.
 */
export interface Rule {
  /** What `{id}`, or the id in the body, is of. Absent: the request names no object. */
  readonly names?: Kind;
  /** `own`: only the caller's, anybody else's is as absent as none. `any`: whoever the route lets in may name any. */
  readonly whose?: 'own' | 'any';
  /** The least that the route accepts. */
  readonly request?: (id: string, by: Person) => Parts;
  /** For who may; default: the contract's status. Another one where the door is passed, and what is behind says no. */
  readonly granted?: Outcome;
  /** For an id that nothing has, and one that is somebody else's; default: not_found. */
  readonly absent?: ErrorCode;
  /** For who may and names themselves, or nothing where the route is about its caller. */
  readonly onSelf?: Partial<Record<IdentityName, ErrorCode>>;
  /** Identity providers know their own tokens alone: any other credential gets `forbidden`. */
  readonly needsAccessToken?: true;
  /** Brings an object into the state in which the route changes something. */
  readonly arrange?: (world: World, id: string) => Promise<unknown>;
  /** The lines that a change leaves in the audit log, in order. */
  readonly audit?: readonly string[];
  /** Fields of the body that take names of the user's choice. */
  readonly freeForm?: readonly string[];
  /** Why unknown query parameters are let through, and read by nobody. */
  readonly ignoresQuery?: string;
}
