import { makeLog } from '../../local/log/log';
import { summariseError } from '../../local/log/summarise-error';

describe('log', () => {
  const at = new Date('2026-11-22T18:00:05.123Z');
  const lines = (format: 'text' | 'json', colour: boolean) => {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    const log = makeLog({ format, colour, write, now: () => at });
    log('request', 'POST /api/auth/signup', { status: 201, ms: 42, id: 'abc' });
    log('call', 'auth', { status: 'failed', ms: 3 });
    return text;
  };

  test('one plain line for each thing without colours', () => {
    expect(lines('text', false)).toBe(
      '18:00:05.123 http     201 POST /api/auth/signup 42 ms id=abc\n18:00:05.123 lambda   failed auth 3 ms\n',
    );
  });

  test('with colours the words stay the same', () => {
    const esc = String.fromCharCode(27);

    const coloured = lines('text', true);

    expect(coloured).toContain(`${esc}[32m201`);
    expect(coloured).toContain(`${esc}[31mfailed`);
    expect(coloured.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(lines('text', false));
  });

  test('nobody outside talks to the terminal', () => {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    const log = makeLog({ format: 'text', colour: false, write, now: () => at });
    log('request', 'GET /\u009b2J\u001b[2J\r\n18:00 http 200', { id: 'a\nb' });
    log('error', 'a stack\n    at here');
    expect(text).toBe(
      '18:00:05.123 http     GET /\\u009b2J\\u001b[2J\\u000d\\u000a18:00 http 200 id=a\\u000ab\n18:00:05.123 error    a stack\n    at here\n',
    );
  });

  test('JSON lines for programs', () => {
    const [first] = lines('json', false).split('\n');

    expect(JSON.parse(first ?? '')).toEqual({
      time: '2026-11-22T18:00:05.123Z',
      kind: 'request',
      message: 'POST /api/auth/signup',
      status: 201,
      ms: 42,
      id: 'abc',
    });
  });

  test.each([
    [
      '{"level":"ERROR","message":"request failed","code":"internal","error":{"message":"no route to host"}}',
      'request failed: internal: no route to host',
    ],
    ['{"level":"INFO","message":"Error"}', undefined],
    ['{not json', undefined],
    ['TypeError: x is not a function', 'TypeError: x is not a function'],
    [
      '2026-11-22T18:00Z 1 Task timed out after 3 seconds',
      '2026-11-22T18:00Z 1 Task timed out after 3 seconds',
    ],
    ['all is well', undefined],
  ])('of %s a person sees %s', (line, expected) => {
    expect(summariseError(line)).toBe(expected);
  });
});
