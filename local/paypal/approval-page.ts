import { escapeHtml } from '#shared/kernel/escape-html';
import { formatMinor } from './money';
import type { Order } from './state';

const style = `
  *{box-sizing:border-box}
  body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;color:#1b1f24;background:#eef2f8;
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
  main{width:min(26rem,100%);background:#fff;border-radius:16px;padding:2rem;box-shadow:0 8px 40px #0b2a5b22}
  h1{margin:0;font-size:1.05rem;letter-spacing:.02em;color:#0b2a5b}
  .note{margin:.25rem 0 1.5rem;color:#5c6672;font-size:.85rem}
  .amount{font-size:2.25rem;font-weight:650;margin:0}
  dl{margin:1.25rem 0;display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;font-size:.9rem}
  dt{color:#5c6672} dd{margin:0;text-align:right;overflow-wrap:anywhere}
  button{width:100%;padding:.85rem;border:0;border-radius:999px;font:inherit;font-weight:600;cursor:pointer}
  button:focus-visible{outline:3px solid #5a93ff;outline-offset:2px}
  .yes{background:#0b57d0;color:#fff}.yes:hover{background:#0a4ab3}
  .no{background:none;color:#0b57d0;margin-top:.5rem}.no:hover{text-decoration:underline}
  @media(prefers-color-scheme:dark){body{background:#10151c;color:#e8ecf1}main{background:#1a212b;box-shadow:none}
    h1{color:#9ec1ff}.note,dt{color:#9aa6b4}.no{color:#9ec1ff}}
`;

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${style}</style></head><body><main>${content}</main></body></html>`;
}

/** The page where a person approves or cancels an order that waits for it. */
export function approvalPage(order: Order): string {
  const [first] = order.units;
  const { currency } = first?.amount ?? { currency: 'USD' };
  const total = order.units.reduce((sum, unit) => sum + unit.amount.minor, 0n);
  const rows: [string, string | undefined][] = [
    ['Merchant', order.brandName ?? 'Tandem'],
    ['For', first?.description],
    ['Order', order.id],
    ['Reference', first?.customId],
  ];
  const list = rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd>`)
    .join('');
  return page(
    'Approve the payment',
    `<h1>PayPal double</h1><p class="note">Runs on your machine. No money moves.</p>
<p class="amount">${escapeHtml(formatMinor(currency, total))} ${escapeHtml(currency)}</p><dl>${list}</dl>
<form method="post" action="/checkoutnow"><input type="hidden" name="token" value="${escapeHtml(order.id)}">
<button class="yes" name="outcome" value="approve" id="approve">Approve</button>
<button class="no" name="outcome" value="cancel" id="cancel">Cancel and return</button></form>`,
  );
}

/** What the payer sees when there is nothing (more) to approve, or nowhere to return to. */
export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`);
}
