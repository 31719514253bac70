import { escapeHtml } from '#shared/kernel/escape-html';
import type { Mail } from './mail';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #8884; padding: .45rem .6rem; text-align: left }
iframe { background: #fff; border: 1px solid #8884; height: 34rem; width: 100% }
pre { overflow: auto; padding: .75rem; border: 1px solid #8884; white-space: pre-wrap }`;

/** The page of the mail catcher: the list, and one mail when `id` names it. */
export function renderMailPage(mails: Mail[], id: string | null): string {
  const rows = mails.map(
    (mail) =>
      `<tr><td><a href="/?id=${mail.id}">${escapeHtml(mail.subject) || '(no subject)'}</a></td>` +
      `<td>${escapeHtml(mail.to.join(', '))}</td><td>${escapeHtml(mail.receivedAt)}</td></tr>`,
  );
  const chosen = mails.find((mail) => String(mail.id) === id);
  const body = rows.length
    ? `<table><thead><tr><th>Subject</th><th>To</th><th>Received</th></tr></thead>${rows.join('')}</table>`
    : '<p>No mail yet. Every e-mail that the backend sends lands here.</p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tandem mail</title><style>${STYLE}</style>
<h1>Mail</h1>${chosen ? renderMail(chosen) : ''}${body}</html>`;
}

/** Foreign HTML is shown in a frame without scripts, forms or access to this page. */
function renderMail(mail: Mail): string {
  const html = mail.html
    ? `<iframe sandbox="allow-popups" srcdoc="${escapeHtml(mail.html)}" title="HTML part"></iframe>`
    : '';
  return `<h2>${escapeHtml(mail.subject)}</h2><p>${escapeHtml(mail.from)} → ${escapeHtml(mail.to.join(', '))}</p>
<pre>${escapeHtml(mail.text)}</pre>${html}`;
}
