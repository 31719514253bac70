import { deflateSync } from 'node:zlib';

const PAGES = [
  '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>',
];

/** A stream as an object's body. */
export const pdfStream = (data: Buffer, dictionary: string): string =>
  `<< ${dictionary} /Length ${data.length} >>\nstream\n${data.toString('latin1')}\nendstream`;

/** Objects in a compressed stream, as since PDF 1.5. */
export const objectStream = (content: string, dictionary = '/Filter /FlateDecode'): string => {
  const head = '10 0 ';
  const data = deflateSync(Buffer.from(head + content, 'latin1'));
  return pdfStream(data, `/Type /ObjStm /N 1 /First ${head.length} ${dictionary}`);
};

export interface PdfOptions {
  /** More of the catalog's dictionary. */
  readonly catalog?: string;
  /** Bodies of objects from number 5 on. */
  readonly objects?: readonly string[];
  /** More of the trailer's dictionary. */
  readonly trailer?: string;
  /** Behind the header. */
  readonly head?: string;
}

/** A document of one page with a table of contents that fits. */
export const makePdf = ({ catalog = '', objects = [], trailer = '', head = '' }: PdfOptions = {}): Buffer => {
  const content = pdfStream(deflateSync(Buffer.from('0 0 200 200 re f')), '/Filter /FlateDecode');
  const bodies = [`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, ...PAGES, content, ...objects];
  let text = `%PDF-1.7\n%\xe2\xe3\xcf\xd3\n${head}`;
  const places = bodies.map((body, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const start = text.length;
  text += `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${table}`;
  text += `trailer\n<< /Size ${places.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
};
