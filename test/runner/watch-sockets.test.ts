import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FORBIDDEN_SOCKET } from '../../local/lambda/watch-sockets';
import { startFixtureFunction } from './fixture-function';

describe('a function whose sockets are watched', () => {
  const server = createServer((_, response) => response.end('hello'));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());

  const code = `
    const net = require('node:net');
    const tls = require('node:tls');
    const http = require('node:http');
    const https = require('node:https');
    const dns = require('node:dns');
    const outcome = (emitter, event) => new Promise((resolve) => {
      emitter.once(event, () => resolve('reached'));
      emitter.once('error', (error) => resolve(error.message));
    });
    const ways = {
      'net.connect': ({ host, port }) => outcome(net.connect({ host, port }), 'connect'),
      'net.connect(port, host)': ({ host, port }) => outcome(net.connect(port, host), 'connect'),
      'http.get': (to) => outcome(http.get(to), 'response'),
      'fetch': ({ host, port }) => fetch('http://' + host + ':' + port).then(() => 'reached', (error) => error.cause.message),
      'tls.connect': ({ host, port }) => outcome(tls.connect({ host, port }), 'secureConnect'),
      'https.get': (to) => outcome(https.get(to), 'response'),
      'dns.lookup': ({ host }) => new Promise((resolve) => dns.lookup(host, (error) => resolve(error ? error.message : 'reached'))),
    };
    exports.handler = ({ way, ...to }) => ways[way](to);`;
  const start = (environment: Record<string, string>) =>
    startFixtureFunction(code, {}, { environment: { ...environment } });
  const local = () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

  test.each(['net.connect', 'net.connect(port, host)', 'http.get', 'fetch', 'tls.connect', 'https.get'])(
    '%s reaches no other machine, and it is told',
    async (way) => {
      const { running, lines } = start({ TANDEM_WATCH_SOCKETS: 'on' });
      const outcome = await running.invoke({ way, host: '169.254.169.254', port: 80 });
      await running.close();
      expect(outcome.payload).toContain(`${FORBIDDEN_SOCKET} 169.254.169.254`);
      expect(lines.join('\n')).toContain(`${FORBIDDEN_SOCKET} 169.254.169.254`);
    },
  );

  it('looks up no name of another machine', async () => {
    const { running, lines } = start({ TANDEM_WATCH_SOCKETS: 'on' });
    await running.invoke({ way: 'dns.lookup', host: 'provider.example' });
    await running.invoke({ way: 'http.get', host: 'provider.example', port: 80 });
    await running.close();
    expect(lines.filter((line) => line.startsWith(`${FORBIDDEN_SOCKET} provider.example`))).toHaveLength(2);
  });

  test.each(['net.connect', 'net.connect(port, host)', 'http.get', 'fetch'])(
    '%s reaches this machine',
    async (way) => {
      const { running, lines } = start({ TANDEM_WATCH_SOCKETS: 'on' });
      const outcome = await running.invoke({ way, ...local() });
      await running.close();
      expect(outcome.payload).toBe('"reached"');
      expect(lines).toEqual([]);
    },
  );
});
