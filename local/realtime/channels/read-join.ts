import * as z from 'zod/mini';

const joinSchema = z.object({
  access_token: z.nullish(z.string()),
  user_token: z.nullish(z.string()),
  config: z.nullish(
    z.object({
      broadcast: z.nullish(
        z.object({
          ack: z.nullish(z.boolean()),
          self: z.nullish(z.boolean()),
          replication_ready: z.nullish(z.boolean()),
        }),
      ),
      presence: z.nullish(z.object({ key: z.nullish(z.string()), enabled: z.nullish(z.boolean()) })),
      postgres_changes: z.nullish(z.array(z.nullable(z.looseObject({})))),
      postgres_changes_options: z.nullish(
        z.object({ wait: z.nullish(z.boolean()), timeout: z.nullish(z.number()) }),
      ),
      private: z.nullish(z.boolean()),
    }),
  ),
});

/** How a client wants its channel. */
export type JoinConfig = {
  /** Whether sent broadcasts are acknowledged, and whether the sender gets its own. */
  ack: boolean;
  self: boolean;
  isPrivate: boolean;
  /** Empty = chosen by the server. */
  presenceKey: string;
  seesPresence: boolean;
  /** Whether to say when the replication stream is up. */
  wantsReadiness: boolean;
  /** As sent: they come back in the reply, each with its id. */
  changes: Record<string, unknown>[];
  /** Milliseconds that the reply waits for the subscription; null = a refused one is told afterwards. */
  waitMs: number | null;
};

/** Longest wait for a subscription, and the usual one, in milliseconds. */
const LONGEST_WAIT_MS = 20_000;
const USUAL_WAIT_MS = 15_000;

/** Reads the payload of a join; null where it is none. */
export function readJoin(payload: unknown): { token: string | null; config: JoinConfig } | null {
  const read = joinSchema.safeParse(payload ?? {});
  if (!read.success) return null;
  const { access_token: accessToken, user_token: userToken, config } = read.data;
  const { broadcast, presence, postgres_changes: changes, postgres_changes_options: options } = config ?? {};
  const waitMs = Math.min(options?.timeout ?? USUAL_WAIT_MS, LONGEST_WAIT_MS);
  return {
    token: accessToken ?? userToken ?? null,
    config: {
      ack: broadcast?.ack ?? false,
      self: broadcast?.self ?? false,
      isPrivate: config?.private ?? false,
      presenceKey: presence?.key ?? '',
      seesPresence: presence?.enabled ?? false,
      wantsReadiness: broadcast?.replication_ready ?? false,
      changes: (changes ?? []).filter((entry) => entry !== null),
      waitMs: options?.wait ? waitMs : null,
    },
  };
}
