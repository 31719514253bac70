import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { inspectFile } from '../../services/files/domain/inspect-file';
import type { FileType, Purpose } from '../../services/files/domain/purposes';
import { zlibCodec } from '../../services/files/providers/zlib-codec';
import { makePdf, objectStream, pdfStream } from '../support/files/make-pdf';
import { makePng } from '../support/files/make-png';
import { makeZip } from '../support/files/make-zip';

const reasonOf = async (
  bytes: Buffer,
  declaredType: FileType,
  purpose: Purpose = 'attachment',
): Promise<string> => {
  const inspection = { purpose, declaredType, declaredBytes: bytes.length };
  const verdict = await inspectFile(bytes, inspection, zlibCodec);
  return verdict.accepted ? 'accepted' : verdict.reason;
};

const text = (content: string): Buffer => Buffer.from(content);
const JAR = makeZip([{ name: 'META-INF/MANIFEST.MF', content: text('Main-Class: Evil\n') }]);

describe('text', () => {
  test.each(['Hello', 'BMW is a brand', '\ufeffwith a mark', 'a < b, and <b> later', 'Grüße 🎉\r\n\tend\n'])(
    '%j is accepted',
    async (content) => expect(await reasonOf(text(content), 'text/plain')).toBe('accepted'),
  );

  test.each([
    ['bad_text', text('a\0b')],
    ['bad_text', Buffer.from([0x61, 0xff, 0xfe])],
    ['bad_text', text('\x1b]0;title\x07')],
    ['empty', text('')],
    ['html', text('<!DOCTYPE html><p>hi')],
    ['html', text('  \n<!-- x --><ScRiPt>alert(1)</script>')],
    ['html', text('\ufeff<html>')],
    ['html', Buffer.from('\ufeff<script>alert(1)</script>', 'utf16le')],
    ['html', text('<iframe src=javascript:alert(1)>')],
    ['svg', text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    [
      'svg',
      text('<?xml version="1.0"?>\n<!-- c -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg>'),
    ],
    ['not_allowed', Buffer.concat([text('MZ'), Buffer.alloc(60)])],
  ])('%s: %j is refused', async (reason, bytes) => {
    expect(await reasonOf(bytes, 'text/plain')).toBe(reason);
  });
});

describe.each(['image/png', 'image/jpeg', 'application/pdf', 'application/zip'] as const)(
  'declared as %s',
  (type) => {
    test.each([
      ['svg', text('<svg onload="alert(1)"/>')],
      ['html', text('<html><script>alert(1)</script>')],
      ['type_mismatch', text('just words')],
      ['not_allowed', Buffer.concat([text('MZ\x90\0'), Buffer.alloc(60)])],
      ['not_allowed', Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(60)])],
      ['not_allowed', Buffer.from('cafebabe00000034', 'hex')],
      ['empty', Buffer.alloc(0)],
    ])('%s is what it is refused for', async (reason, bytes) => {
      expect(await reasonOf(bytes, type)).toBe(reason);
    });
  },
);

describe('PDF', () => {
  test('is accepted as it is, also with compressed objects and a place to open at', async () => {
    expect(await reasonOf(makePdf(), 'application/pdf', 'document')).toBe('accepted');
    for (const catalog of ['/OpenAction [3 0 R /Fit]', '/OpenAction << /S /GoTo /D [3 0 R /Fit] >>']) {
      expect(await reasonOf(makePdf({ catalog }), 'application/pdf')).toBe('accepted');
    }
    const reference = makePdf({ catalog: '/OpenAction 5 0 R', objects: ['<< /S /GoTo /D [3 0 R /Fit] >>'] });
    expect(await reasonOf(reference, 'application/pdf')).toBe('accepted');
    expect(await reasonOf(makePdf({ objects: [objectStream('<< /Title (ok) >>')] }), 'application/pdf')).toBe(
      'accepted',
    );
  });

  const script = '<< /S /JavaScript /JS (app.alert(1)) >>';

  test.each([
    ['a script that opens with it', makePdf({ catalog: '/OpenAction 5 0 R', objects: [script] })],
    ['a script behind an event', makePdf({ catalog: `/AA << /WC ${script} >>` })],
    ['a script by name', makePdf({ catalog: '/Names << /JavaScript 5 0 R >>' })],
    ['an escaped name', makePdf({ objects: ['<< /S /J#61va#53cript /JS (x) >>'] })],
    ['an action that opens with it', makePdf({ catalog: '/OpenAction << /S /URI /URI (http://x) >>' })],
    ['many actions, each to be looked up', makePdf({ catalog: '/OpenAction [3 0 R /Fit] '.repeat(11) })],
    [
      'a place that is defined over and over',
      makePdf({ catalog: '/OpenAction 5 0 R', objects: ['[ ] 5 0 obj '.repeat(200)] }),
    ],
    ['an action that is not there', makePdf({ catalog: '/OpenAction 99 0 R' })],
    ['a program', makePdf({ objects: ['<< /S /Launch /F (cmd.exe) >>'] })],
    ['an embedded file', makePdf({ objects: [pdfStream(text('MZ'), '/Type /EmbeddedFile')] })],
    ['a form that is sent', makePdf({ objects: ['<< /S /SubmitForm >>'] })],
    ['XFA', makePdf({ catalog: '/AcroForm << /XFA 5 0 R >>' })],
    ['a script in a compressed object', makePdf({ objects: [objectStream(script)] })],
    [
      'an escaped name in a compressed object',
      makePdf({ objects: [objectStream('<< /S /#4aavaScript >>')] }),
    ],
    [
      'a script in a stream that hides what it is',
      makePdf({ objects: [objectStream(script).replace('/Type /ObjStm', '/Type /Obj#53tm')] }),
    ],
    [
      'a script in a stream that says nothing',
      makePdf({ objects: [objectStream(script).replace('/Type /ObjStm', '')] }),
    ],
    ['a script inside a stream that is not compressed', makePdf({ objects: [pdfStream(text(script), '')] })],
  ])('with %s is refused', async (_what, bytes) => {
    expect(await reasonOf(bytes, 'application/pdf')).toBe('pdf_active_content');
  });

  test.each([
    ['encrypted', makePdf({ trailer: '/Encrypt 5 0 R' })],
    [
      'with objects behind another filter',
      makePdf({ objects: [objectStream('<< >>', '/Filter [/ASCIIHexDecode /FlateDecode]')] }),
    ],
    [
      'with objects behind a predictor',
      makePdf({ objects: [objectStream('<< >>', '/Filter /FlateDecode /DecodeParms << /Predictor 12 >>')] }),
    ],
    [
      'with objects that break off',
      makePdf({ objects: [pdfStream(text('x\x9cnothing'), '/Type /ObjStm /Filter /FlateDecode')] }),
    ],
    ['without an end', text('%PDF-1.7\nnothing')],
    ['without an object', text('%PDF-1.7\nnothing\nstartxref\n0\n%%EOF')],
    ['of streams without end', makePdf({ objects: ['stream\nx\nendstream\n'.repeat(25_000)] })],
    ['of no version', text('%PDF-x\n%%EOF')],
  ])('%s cannot be looked into', async (_what, bytes) => {
    expect(await reasonOf(bytes, 'application/pdf')).toBe('pdf_unreadable');
  });

  test('with objects that unpack without end is a bomb', async () => {
    const bomb = makePdf({ objects: [objectStream(' '.repeat(40 * 1024 * 1024))] });
    expect(await reasonOf(bomb, 'application/pdf')).toBe('zip_bomb');
  });

  test.each([
    ['a JAR behind its end', Buffer.concat([makePdf(), JAR])],
    ['a JAR in a stream', makePdf({ objects: [pdfStream(JAR, '')] })],
    ['words behind its end', Buffer.concat([makePdf(), text('more')])],
    ['HTML near its start', makePdf({ head: '%<html><body>\n' })],
    ['a script', makePdf({ objects: [pdfStream(text('<script>alert(1)</script>'), '')] })],
  ])('with %s is two things at once', async (_what, bytes) => {
    expect(await reasonOf(bytes, 'application/pdf')).toBe('polyglot');
  });

  test('is no attachment of an avatar', async () => {
    expect(await reasonOf(makePdf(), 'application/pdf', 'avatar')).toBe('not_allowed');
  });
});

describe('ZIP', () => {
  const small = { name: 'a/notes.txt', content: text('words '.repeat(100)) };

  test('is accepted, also with a comment, folders, stored files and an archive inside', async () => {
    const inner = makeZip([{ name: 'word/document.xml', content: text('<w:document/>') }]);
    const archive = makeZip(
      [
        { name: 'a/', content: text(''), stored: true, mode: 0o40755 },
        { ...small, mode: 0o100644 },
        { name: 'image.png', content: makePng(), stored: true },
        { name: 'letter.docx', content: inner },
      ],
      { comment: 'made by hand' },
    );
    expect(await reasonOf(archive, 'application/zip')).toBe('accepted');
  });

  const zeros = Buffer.alloc(30 * 1024 * 1024);
  const nested = (depth: number): Buffer =>
    depth === 0 ? text('x') : makeZip([{ name: `${depth}.zip`, content: nested(depth - 1) }]);

  test.each([
    ['what unpacks to a thousand times as much', makeZip([{ name: 'zeros', content: zeros }])],
    ['a size that is a lie: less', makeZip([{ ...small, claims: { bytes: 10 } }])],
    ['a size that is a lie: more', makeZip([{ ...small, claims: { bytes: 1_000 } }])],
    ['a stored size that is a lie', makeZip([{ ...small, stored: true, claims: { bytes: 10 } }])],
    ['sizes over the limit', makeZip([{ ...small, claims: { bytes: 0x7fffffff } }])],
    ['sizes of ZIP64', makeZip([{ ...small, claims: { bytes: 0xffffffff } }])],
    ['counts of ZIP64', makeZip([small], { count: 0xffff })],
    ['entries that share their data', makeZip([small, { ...small, sharesWith: 0 }])],
    [
      'three thousand entries',
      makeZip(Array.from({ length: 3_000 }, (_, i) => ({ name: `${i}`, content: text('') }))),
    ],
    ['archives in archives in archives', nested(4)],
    [
      'an archive inside that is a bomb',
      makeZip([{ name: 'x.zip', content: makeZip([{ name: 'z', content: zeros }]) }]),
    ],
  ])('with %s is a bomb', async (_what, bytes) => {
    expect(await reasonOf(bytes, 'application/zip')).toBe('zip_bomb');
  });

  const named = (name: string): Buffer => makeZip([{ ...small, name }]);
  const unicodePath = Buffer.concat([Buffer.from([0x75, 0x70, 11, 0, 1, 0, 0, 0, 0]), text('../../')]);

  test.each([
    ['a name that leads up', named('../../etc/passwd')],
    ['a name that leads up by the other stroke', named('a\\..\\..\\b')],
    ['a name from the root', named('/etc/passwd')],
    ['a name with a drive', named('C:\\x')],
    ['a name with NUL', named('a.txt\0.exe')],
    ['no name', named('')],
    ['another name in its own header', makeZip([{ ...small, localName: 'b/notes.txt' }])],
    ['another name in Unicode', makeZip([{ ...small, extra: unicodePath }])],
    ['a link', makeZip([{ name: 'l', content: text('/etc/passwd'), stored: true, mode: 0o120777 }])],
    ['a device', makeZip([{ name: 'd', content: text(''), stored: true, mode: 0o020666 }])],
    ['an encrypted entry', makeZip([{ ...small, flags: 0x801 }])],
  ])('with %s is unsafe', async (_what, bytes) => {
    expect(await reasonOf(bytes, 'application/zip')).toBe('zip_unsafe');
  });

  test('with something before, behind, or inside its end is two things at once', async () => {
    const program = makeZip([small], { before: text('PK\x03\x04#!/bin/sh\n') });
    expect(await reasonOf(program, 'application/zip')).toBe('polyglot');
    expect(await reasonOf(Buffer.concat([JAR, text('x')]), 'application/zip')).toBe('polyglot');
    expect(await reasonOf(makeZip([small], { comment: 'PK\x05\x06' }), 'application/zip')).not.toBe(
      'accepted',
    );
  });

  test('damaged is refused, however, and never an error', async () => {
    const broken = makeZip([{ name: 'r', content: randomBytes(300) }]);
    for (let at = 0; at < broken.length; at += 1) {
      const changed = Buffer.from(broken);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const verdict = await reasonOf(changed, 'application/zip');
      expect(typeof verdict).toBe('string');
      // Its data, checksum and sizes are all held against each other.
      if (at >= 31 && at < 31 + deflateRawSync(randomBytes(300)).length - 10)
        expect(verdict).not.toBe('accepted');
    }
  });
});
