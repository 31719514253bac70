import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { issueCertificate, type KeyedCertificate } from '../../local/paypal/issue-certificate';
import { type Database, makeDatabase } from '../../shared/database/pool';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

const DAY_MS = 86_400_000;
const HOST = 'localhost';

const issue = (commonName: string, kind: 'ca' | 'leaf', issuer?: KeyedCertificate) =>
  issueCertificate({
    commonName,
    kind,
    keys: 'ec',
    issuer,
    notBefore: Date.now() - DAY_MS,
    notAfter: Date.now() + DAY_MS,
  });

let postgres: TestDatabase;
let authority: KeyedCertificate;
const opened: Database[] = [];
const fronts: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  postgres = await createTestDatabase();
  authority = await issue('Authority', 'ca');
});

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  for (const socket of sockets) socket.destroy();
  await Promise.all(fronts.map((front) => new Promise((resolve) => front.close(resolve))));
  await postgres.drop();
});

/** The real Postgres behind TLS, as a pooler is: says yes to the request for it, and passes on what comes through. */
const startFront = async ({ certPem, keyPem }: KeyedCertificate) => {
  let passedOn = 0;
  const front = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, cert: certPem, key: keyPem });
      const behind = connectTcp(Number(new URL(postgres.adminUrl).port), '127.0.0.1');
      sockets.add(behind.on('error', () => undefined));
      secure.on('error', () => behind.destroy());
      secure.on('data', (bytes: Buffer) => {
        passedOn += bytes.length;
      });
      secure.pipe(behind).pipe(secure);
    });
  });
  fronts.push(front);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as { port: number };
  const url = new URL(postgres.urlFor('tandem_health'));
  url.hostname = HOST;
  url.port = String(port);
  url.search = '?uselibpqcompat=true&sslmode=require';
  return { address: url.href, passedOn: () => passedOn };
};

const ask = async (address: string, trusted: string | undefined) => {
  const database = makeDatabase({ connectionString: address, authority: trusted, applicationName: 'test' });
  opened.push(database);
  return (await database.query<{ one: number }>('select 1 as one')).rows;
};

test('a database that proves who it is is used', async () => {
  const front = await startFront(await issue(HOST, 'leaf', authority));
  expect(await ask(front.address, authority.certPem)).toEqual([{ one: 1 }]);
});

test('one that somebody else vouches for is told nothing, not even who asks', async () => {
  const impostor = await issue('Authority', 'ca');
  const front = await startFront(await issue(HOST, 'leaf', impostor));
  await expect(ask(front.address, authority.certPem)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(front.passedOn()).toBe(0);
});

test('nor is one with the certificate of another host', async () => {
  const front = await startFront(await issue('elsewhere.test', 'leaf', authority));
  await expect(ask(front.address, authority.certPem)).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(front.passedOn()).toBe(0);
});

test('without an authority the address decides: encrypted, to whoever answers', async () => {
  const front = await startFront(await issue('elsewhere.test', 'leaf'));
  expect(await ask(front.address, undefined)).toEqual([{ one: 1 }]);
});
