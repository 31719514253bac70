import type { Duplex } from 'node:stream';
import type { Client } from 'pg';
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';

/** The pgoutput protocol with values left as Postgres writes them: dates as Date objects would lose microseconds. */
export class RawPgoutput extends PgoutputPlugin {
  /** What is not read from it makes Postgres wait. */
  #socket: Duplex | undefined;

  constructor(publications: string[]) {
    super({ protoVersion: 1, publicationNames: publications });
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    const message = super.parse(buffer);
    // The parser keeps this very object for the rows that follow.
    if (message.tag === 'relation')
      for (const column of message.columns) column.parser = (text: string) => text;
    return message;
  }

  override start(client: Client, slot: string, lsn: string): Promise<unknown> {
    this.#socket = client.connection.stream;
    return super.start(client, slot, lsn);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }
}
