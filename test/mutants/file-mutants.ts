import type { Mutant } from './mutant';

const files = 'services/files';
const images = ['test/unit/files-inspect-images.test.ts'] as const;
const documents = ['test/unit/files-inspect-documents.test.ts'] as const;
const database = ['test/database/files.test.ts'] as const;

/** Faults that would let a hostile file in, keep what was to be taken off, or give away what is somebody else's. */
export const fileMutants: readonly Mutant[] = [
  {
    name: 'files: the declared type is believed',
    file: `${files}/domain/inspect-file.ts`,
    search: "  if (type !== declaredType) refuse('type_mismatch');\n",
    replacement: '',
    tests: images,
  },
  {
    name: 'files: as much as comes is taken',
    file: `${files}/domain/inspect-file.ts`,
    search: 'if (bytes.length > declaredBytes || bytes.length > rule.maxBytes)',
    replacement: 'if (bytes.length > rule.maxBytes)',
    tests: images,
  },
  {
    name: 'files: archives behind images are not looked for',
    file: `${files}/domain/find-embedded.ts`,
    search: "  if (hasArchive(bytes)) refuse('polyglot');\n",
    replacement: '',
    tests: [...images, ...documents],
  },
  {
    name: 'files: pixels are not counted',
    file: `${files}/domain/images/rewritten-image.ts`,
    search: "      if (width * height > maxPixels) refuse('image_too_large');\n",
    replacement: '',
    tests: images,
  },
  {
    name: 'files: photographs keep their EXIF',
    file: `${files}/domain/images/rewrite-jpeg.ts`,
    search: "  return marker === 0xee && isNamed('Adobe') ? segment.subarray(0, 12) : null;",
    replacement: '  return segment;',
    tests: images,
  },
  {
    name: 'files: names of PDFs are read as written',
    file: `${files}/domain/pdf/check-pdf.ts`,
    search: 'const text = unescapeNames(raw);',
    replacement: 'const text = raw;',
    tests: documents,
  },
  {
    name: 'files: object streams of PDFs are not opened',
    file: `${files}/domain/pdf/check-pdf.ts`,
    search: '    if (isActive(objects)) ',
    replacement: '    if (objects === null) ',
    tests: documents,
  },
  {
    name: 'files: the directory of an archive is believed',
    file: `${files}/domain/zip/check-zip.ts`,
    search: "if (inflated.end === 'over' || inflated.size !== entry.bytes) refuse('zip_bomb');",
    replacement: '',
    tests: documents,
  },
  {
    name: 'files: archives in archives are not opened',
    file: `${files}/domain/zip/check-zip.ts`,
    search: '  if (!isArchive) return;\n',
    replacement: '  if (isArchive || depth > 0) return;\n',
    tests: documents,
  },
  {
    name: 'files: the quota is counted without a lock',
    file: `${files}/sql/reserve-file.ts`,
    search: 'select pg_advisory_xact_lock(hashtextextended(',
    replacement: 'select (hashtextextended(',
    tests: database,
  },
  {
    name: 'files: whoever knows an id has the file',
    file: `${files}/use-cases/get-own-file.ts`,
    search: 'if (file === null || file.userId !== userId)',
    replacement: 'if (file === null)',
    tests: database,
  },
  {
    name: 'files: what was refused goes on filling the quota',
    file: `${files}/sql/refuse-file.ts`,
    search: 'size_bytes = 0, ',
    replacement: '',
    tests: database,
  },
  {
    name: 'files: a used link is free again after the decision',
    file: `${files}/use-cases/inspect-upload.ts`,
    search: '  await closeUpload(deps.objects, file);\n  if (!decided)',
    replacement: "  await deps.objects.remove('quarantine', [objectKey(file)]);\n  if (!decided)",
    tests: ['test/flow/files.test.ts'],
  },
  {
    name: 'files: a used link is free again after deletion',
    file: `${files}/use-cases/delete-file.ts`,
    search: '    await closeUpload(objects, file);\n',
    replacement: '',
    tests: ['test/flow/files.test.ts'],
  },
];
