import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { type RequestWorker, runRequestWorker } from '../../local/pg-net/run-request-worker';
import type { SentRequest } from '../../local/pg-net/send-request';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

let database: TestDatabase;
let owner: Client;
let server: Server;
let worker: RequestWorker;
const received: { readonly path: string; readonly token: unknown; readonly body: string }[] = [];
const sent: SentRequest[] = [];

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
const until = async (condition: () => boolean): Promise<void> => {
  const end = Date.now() + 5_000;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
};
const post = (url: string, body: string) =>
  owner.query('select net.http_post(url := $1, body := $2, headers := $3)', [url, body, '{"x-token": "t"}']);

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.urlFor('postgres') });
  await owner.connect();
  server = createServer(async (request, response) => {
    const { url = '', headers } = request;
    received.push({ path: url, token: headers['x-token'], body: await read(request) });
    response.writeHead(url === '/bad' ? 500 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  worker = runRequestWorker({ databaseUrl: database.adminUrl, onSent: (one) => void sent.push(one) });
});
afterAll(async () => {
  await worker.close();
  server.closeAllConnections();
  server.close();
  await owner.end();
  await database.drop();
});
beforeEach(() => {
  received.length = 0;
  sent.length = 0;
});

const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

test('what a transaction posts is sent once it is committed, as the text of the jsonb value', async () => {
  await owner.query('begin');
  await post(at('/hook'), '{"b":1,"a":[true]}');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(received).toEqual([]);
  await owner.query('commit');
  await until(() => sent.length === 1);
  expect(received).toEqual([{ path: '/hook', token: 't', body: '{"a": [true], "b": 1}' }]);
});

test('what is rolled back is not sent', async () => {
  await owner.query('begin');
  await post(at('/never'), '{}');
  await owner.query('rollback');
  await post(at('/hook'), '{}');
  await until(() => sent.length === 1);
  expect(received.map(({ path }) => path)).toEqual(['/hook']);
});

test('what fails, or reaches nobody, is forgotten', async () => {
  await post(at('/bad'), '{}');
  await post('http://127.0.0.1:1/nobody', '{}');
  await until(() => sent.length === 2);
  expect(sent.map(({ path, status }) => [path, status]).toSorted()).toEqual([
    ['/bad', 500],
    ['/nobody', undefined],
  ]);
});

test('many are all sent', async () => {
  await owner.query(`select net.http_post(url := $1 || i, body := '{}') from generate_series(1, 75) i`, [
    at('/many/'),
  ]);
  await until(() => sent.length === 75);
  expect(new Set(received.map(({ path }) => path)).size).toBe(75);
});
