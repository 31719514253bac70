import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_NAMES } from '../../lib/secret-catalogue';
import { SERVICE_ROLES } from '../../local/postgres/set-role-passwords';
import { resourcesOf, synthStage } from './synth-stage';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const deploy = read('docs/deploy.md');
const { api } = synthStage('production');

/** Patterns in backticks, `...` and `*` for anything, of one section or line. */
const patternsIn = (text: string): RegExp[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(
    ([, name = '']) => new RegExp(`^${name.replace(/\.\.\.|\*/g, '.*')}$`),
  );

test('each alarm has a line that says where to look first, and no line is for an alarm that is gone', () => {
  const table = deploy.slice(deploy.indexOf('| Alarm |'), deploy.indexOf('Send dead letters through'));
  const rows = table
    .split('\n')
    .slice(2)
    .flatMap((line) => patternsIn(line.split('|')[1] ?? ''));
  const alarms = resourcesOf(api, 'AWS::CloudWatch::Alarm').map(([id]) =>
    id.replace(/^ServiceAlarms/, '').replace(/[0-9A-F]{8}$/, ''),
  );
  expect(alarms.filter((name) => !rows.some((row) => row.test(name)))).toEqual([]);
  expect(rows.filter((row) => !alarms.some((name) => row.test(name)))).toEqual([]);
});

test('every event that the sweep would have to find by itself is registered with Stripe', () => {
  const source = read('services/payment/providers/list-stripe-events.ts');
  const types = [...source.matchAll(/^ {2}'([a-z_.]+)',$/gm)].map(([, type = '']) => type);
  expect(types.length).toBeGreaterThan(10);
  const [, line = ''] = /^ {4}(payment_intent\.\*.*)$/m.exec(deploy) ?? [];
  const registered = line.split(/\s+/).map((name) => name.replace('*', ''));
  expect(types.filter((type) => !registered.some((prefix) => type.startsWith(prefix)))).toEqual([]);
});

test('every event that is read from PayPal is registered with it', () => {
  const [, line = ''] = /^ {4}(CHECKOUT\.\*.*)$/m.exec(deploy) ?? [];
  expect(line.split(/\s+/).sort()).toEqual([
    'CHECKOUT.*',
    'CUSTOMER.DISPUTE.*',
    'PAYMENT.AUTHORIZATION.*',
    'PAYMENT.CAPTURE.*',
    'PAYMENT.REFUND.*',
  ]);
});

test('every role is given a password, and every secret its keys and a way to be rotated', () => {
  const rotation = read('docs/rotation.md');
  for (const role of SERVICE_ROLES) expect(deploy).toMatch(new RegExp(`^alter role ${role} +password`, 'm'));
  for (const name of SECRET_NAMES) {
    expect(deploy).toContain(`\`${name}\``);
    expect(rotation).toMatch(new RegExp(`^## .*\`${name}\``, 'm'));
  }
});
