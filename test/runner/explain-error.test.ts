import { explainError } from '../../local/log/explain-error';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
const notFound = Object.assign(new Error("Cannot find module 'x'"), { code: 'MODULE_NOT_FOUND' });

test.each([
  ['of fetch', new TypeError('fetch failed', { cause: refused }), `fetch failed: ${refused.message}`],
  [
    'of fetch, which tried several addresses',
    new TypeError('fetch failed', { cause: new AggregateError([refused]) }),
    `fetch failed: ${refused.message}`,
  ],
  [
    'that says it already',
    new Error(`no: ${refused.message}.`, { cause: refused }),
    `no: ${refused.message}.`,
  ],
  ['with a fix', new Error('Run npm ci.', { cause: notFound }), 'Run npm ci.'],
  ['that is none', 'what?', 'what?'],
])('an error %s is explained', (_which, error, expected) => {
  expect(explainError(error)).toBe(expected);
});
