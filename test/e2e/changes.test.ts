import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';

/** From a commit to what follows from it: trigger, signed webhook, gateway, queue, function and back into the database. */
describe('a change in the database', () => {
  let tandem: Tandem;
  let stateDir: string;
  let ada: string;
  let ben: string;
  let conversation: string;

  const asOwner = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new Client({ connectionString: tandem.database?.url() ?? '' });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  const askAs = (user: string, text: string) =>
    asOwner(`begin; set local role authenticated;
      set local request.jwt.claims = '${JSON.stringify({ sub: user })}'; ${text}; commit`);
  const person = async (): Promise<string> => {
    const id = randomUUID();
    await asOwner('insert into auth.users (id, email, email_confirmed_at) values ($1, $2, now())', [
      id,
      `${id}@example.test`,
    ]);
    return id;
  };
  const say = (body: string) =>
    askAs(ada, `insert into public.messages (conversation_id, body) values ('${conversation}', '${body}')`);
  const read = (position: number) =>
    askAs(
      ben,
      `update public.conversation_members set last_read_position = ${position} where user_id = '${ben}'`,
    );
  const told = async () =>
    (await asOwner('select from public.notifications where user_id = $1', [ben])).length;
  const until = async (count: number): Promise<void> => {
    const end = Date.now() + 15_000;
    while ((await told()) !== count) {
      if (Date.now() > end) throw new Error(`told ${await told()} times, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const sweep = async () => {
    const name = tandem.schedules.names().find((one) => one.includes('SweepUnhandledChanges'));
    const outcome = await tandem.schedules.trigger(name ?? '');
    return JSON.parse(outcome?.payload ?? '{}') as unknown;
  };

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-changes-'));
    tandem = await startTandem({ stateDir, durable: false, seedUsers: false, realtime: false });
    [ada, ben] = [await person(), await person()];
    await askAs(ada, `select public.start_conversation(array['${ben}'::uuid])`);
    const [row] = await asOwner<{ id: string }>('select id from public.conversations');
    conversation = row?.id ?? '';
  }, 120_000);

  afterAll(async () => {
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  it('is handled as soon as it is committed, by way of the signed webhook', async () => {
    await say('one');
    await until(1);
    expect(await asOwner('select attempts from private.changes where handled_at is not null')).toEqual([
      { attempts: 1 },
    ]);
  });

  it('is handled after Postgres was killed and started again', async () => {
    await tandem.database?.kill();
    await tandem.database?.restart();
    await read(1);
    await say('two');
    await until(2);
  });

  it('is handled when its webhook was lost: the sweep finds it', async () => {
    await read(2);
    const secrets = await asOwner<{ id: string; secret: string }>(
      `update vault.secrets s set secret = 'http://127.0.0.1:1/nobody' from vault.secrets old
       where s.id = old.id and s.name = 'change_webhook_url' returning s.id, old.secret`,
    );
    await say('three');
    await asOwner(`update private.changes set sweep_after = now() where handled_at is null`);
    expect(await sweep()).toMatchObject({ sent: 1 });
    await until(3);
    for (const { id, secret } of secrets) await asOwner('select vault.update_secret($1, $2)', [id, secret]);
  });

  it('has a mail sent at once, without the schedule of the outbox', async () => {
    const data = { payment_id: randomUUID(), amount_minor: '1999', currency: 'USD' };
    await asOwner(`select private.notify($1, 'payment_succeeded', 'one', $2)`, [ada, JSON.stringify(data)]);
    const end = Date.now() + 15_000;
    const mails = () => tandem.mail.messages(`${ada}@example.test`);
    while (mails().length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 25));
    expect(mails()).toMatchObject([{ subject: 'Payment received: $19.99' }]);
  });

  it('is not handled for a webhook that is not signed', async () => {
    const response = await fetch(`${tandem.info.urls.api}/api/payments/webhook/supabase`, {
      method: 'POST',
      body: JSON.stringify({ type: 'change.recorded', data: { id: randomUUID() } }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'webhook_signature_invalid' });
  });
});
