import { createClient, type Session } from '@supabase/supabase-js';

/** What a page is told by whoever serves it. */
export interface PageConfig {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly apiUrl: string;
}

/** A change as it arrived. */
export interface ArrivedRow {
  readonly table: string;
  readonly kind: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly errors: unknown;
}

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** What tests ask of a page. It is an app like any other: stock supabase-js, the API by fetch with cookies. */
export const makeFunctions = ({ supabaseUrl, publishableKey, apiUrl }: PageConfig) => {
  const supabase = createClient(supabaseUrl, publishableKey);
  const rows: ArrivedRow[] = [];
  const heard: unknown[] = [];
  const statuses: string[] = [];
  let room: ReturnType<typeof supabase.channel> | undefined;

  /** @param onJoined each time: a connection that was lost is joined again */
  const subscribe = (
    channel: ReturnType<typeof supabase.channel>,
    onJoined?: () => Promise<unknown>,
  ): Promise<string> =>
    new Promise((resolve) => {
      channel.subscribe(async (status, error) => {
        statuses.push(error === undefined ? status : `${status}: ${error.message}`);
        if (status === 'SUBSCRIBED') await onJoined?.();
        resolve(status);
      });
    });

  return {
    signIn: async (email: string, password: string): Promise<string | null> => {
      const { data, error } = await supabase.auth.signInWithPassword({ email, password });
      if (error !== null) throw error;
      return data.user.id;
    },
    /** Goes on with a session that the API opened. */
    takeSession: async (session: Pick<Session, 'access_token' | 'refresh_token'>): Promise<string | null> => {
      const { data, error } = await supabase.auth.setSession(session);
      if (error !== null) throw error;
      return data.user?.id ?? null;
    },
    /** Whom the browser remembers. */
    rememberedUser: async (): Promise<string | null> => {
      const { data } = await supabase.auth.getSession();
      return data.session?.user.id ?? null;
    },
    /** With its channels: Realtime would go on by the access token that it knows until that one ends. */
    signOut: async (): Promise<void> => {
      await supabase.auth.signOut();
      await supabase.removeAllChannels();
    },
    /** Asks for every change of the tables, whosever: what comes is what the server lets through. */
    watch: (tables: readonly string[]): Promise<string> => {
      const channel = supabase.channel('rows', { config: { postgres_changes_options: { wait: true } } });
      for (const table of tables) {
        channel.on('postgres_changes', { event: '*', schema: 'public', table }, (change) => {
          const row = change.eventType === 'DELETE' ? change.old : change.new;
          rows.push({ table: change.table, kind: change.eventType, row, errors: change.errors });
        });
      }
      return subscribe(channel);
    },
    rows: (): readonly ArrivedRow[] => rows,
    /** Those after the first `count`. */
    rowsFrom: (count: number): readonly ArrivedRow[] => rows.slice(count),
    /** What the channels said of themselves. */
    statuses: (): readonly string[] => statuses,
    /** Through the Data API, as its owner. */
    insert: async (table: string, row: object): Promise<string | null> => {
      const { error } = await supabase.from(table).insert(row);
      return error?.message ?? null;
    },
    /** As its member, with an id of the page's own. */
    startConversation: async (withUsers: readonly string[], conversation: string): Promise<string | null> => {
      const { error } = await supabase.rpc('start_conversation', {
        with_users: withUsers,
        title: 'browsers',
        conversation,
      });
      return error?.message ?? null;
    },
    rename: async (id: string, name: string): Promise<string | null> => {
      const { error } = await supabase.from('user_profiles').update({ name }).eq('id', id);
      return error?.message ?? null;
    },
    /** Enters a room where people see each other and talk without a table. */
    enter: async (topic: string, name: string): Promise<string> => {
      const channel = supabase.channel(topic, { config: { presence: { key: name } } });
      room = channel;
      channel.on('broadcast', { event: 'say' }, ({ payload }) => heard.push(payload));
      channel.on('presence', { event: 'sync' }, () => undefined);
      // The server forgets who was there when it restarts.
      return subscribe(channel, () => channel.track({ name }));
    },
    say: async (text: string): Promise<string | undefined> =>
      room?.send({ type: 'broadcast', event: 'say', payload: { text } }),
    /** By HTTP, without being in the room. */
    shoutInto: async (topic: string, text: string): Promise<boolean> =>
      (await supabase.channel(topic).httpSend('say', { text })).success,
    heard: (): readonly unknown[] => heard,
    present: (): readonly string[] => Object.keys(room?.presenceState() ?? {}).sort(),
    /** Calls the API with this browser's cookies; status 0: the browser did not let the page have the answer. */
    call: async (
      method: string,
      path: string,
      body?: object,
      headers?: Record<string, string>,
    ): Promise<ApiAnswer> => {
      try {
        const answer = await fetch(`${apiUrl}${path}`, {
          method,
          credentials: 'include',
          headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
          ...(body && { body: JSON.stringify(body) }),
        });
        return { status: answer.status, body: await answer.json() };
      } catch (error) {
        return { status: 0, body: String(error) };
      }
    },
  };
};

export type PageFunctions = ReturnType<typeof makeFunctions>;
