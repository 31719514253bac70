import { styleText } from 'node:util';
import type { RunInfo } from './state/run-file';

/** Payment methods that a person wants at hand; the double knows more (docs of Stripe: testing). */
const TEST_METHODS: [method: string, card: string, meaning: string][] = [
  ['pm_card_visa', '4242 4242 4242 4242', 'succeeds'],
  ['pm_card_threeDSecure2Required', '4000 0000 0000 3220', 'asks for 3-D Secure'],
  ['pm_card_visa_chargeDeclined', '4000 0000 0000 0002', 'is declined'],
  ['pm_card_chargeDeclinedInsufficientFunds', '4000 0000 0000 9995', 'has insufficient funds'],
];

const URL_LABELS: [key: string, label: string][] = [
  ['api', 'API'],
  ['health', 'Health'],
  ['supabase', 'Supabase'],
  ['realtime', 'Realtime'],
  ['database', 'Postgres'],
  ['mail', 'Mail'],
  ['sqs', 'SQS'],
  ['stripe', 'Stripe double'],
  ['paypal', 'PayPal double'],
];

const KEY_LABELS: [key: string, label: string][] = [
  ['supabasePublishable', 'Supabase publishable key'],
  ['supabaseSecret', 'Supabase secret key'],
  ['stripePublishable', 'Stripe publishable key'],
  ['stripeSecret', 'Stripe secret key'],
  ['stripeWebhookSecret', 'Stripe webhook secret'],
  ['paypalClientId', 'PayPal client id'],
  ['paypalClientSecret', 'PayPal client secret'],
];

/** What to open, with which keys and users: printed once everything runs. */
export function renderBanner(info: RunInfo, colour: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const rows = (labels: [string, string][], values: Record<string, string>) =>
    labels.flatMap(([key, label]) =>
      values[key] ? [`  ${label.padEnd(26)}${paint('cyan', values[key])}`] : [],
    );
  const users = Object.entries(info.users).map(
    ([name, { email, password }]) => `  ${name.padEnd(26)}${email}  ${paint('dim', password)}`,
  );
  const cards = TEST_METHODS.map(
    ([method, card, meaning]) => `  ${card.padEnd(26)}${method}  ${paint('dim', meaning)}`,
  );
  const sections: [title: string, lines: string[]][] = [
    ['Tandem runs', rows(URL_LABELS, info.urls)],
    ['Keys of this machine', rows(KEY_LABELS, info.keys)],
    ['Users', users],
    ['Test cards', info.urls.stripe ? cards : []],
  ];
  const text = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [paint('bold', title), ...lines].join('\n'))
    .join('\n\n');
  const hint =
    '`npm run demo` buys something with each provider; `npm run status` repeats this. Ctrl-C stops.';
  return `\n${text}\n\n${paint('dim', hint)}\n\n`;
}
