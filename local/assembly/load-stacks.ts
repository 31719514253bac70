import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack, Template } from './template';

type Manifest = {
  artifacts?: Record<
    string,
    { type: string; properties?: { templateFile?: string; directoryName?: string; stackName?: string } }
  >;
};

/** Reads every stack of a cloud assembly, also those of nested stages. */
export function loadStacks(assemblyDir: string): Stack[] {
  const manifest = JSON.parse(readFileSync(join(assemblyDir, 'manifest.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.artifacts ?? {}).flatMap(([id, { type, properties }]) => {
    if (type === 'cdk:cloud-assembly' && properties?.directoryName) {
      return loadStacks(join(assemblyDir, properties.directoryName));
    }
    if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) return [];
    const template = JSON.parse(readFileSync(join(assemblyDir, properties.templateFile), 'utf8')) as Template;
    const assetsFile = join(assemblyDir, properties.templateFile.replace('.template.json', '.assets.json'));
    return [{ name: properties.stackName ?? id, template, folder: assemblyDir, assetsFile }];
  });
}

/**
 * The folder of a file asset.
 *
 * @param s3Key what the template says the uploaded archive is called, `<hash>.zip`
 */
export function assetDir(stack: Stack, s3Key: string): string {
  const hash = s3Key.replace(/^.*\//, '').replace(/\.zip$/, '');
  const manifest = existsSync(stack.assetsFile)
    ? (JSON.parse(readFileSync(stack.assetsFile, 'utf8')) as {
        files?: Record<string, { source: { path: string } }>;
      })
    : {};
  const path = manifest.files?.[hash]?.source.path ?? `asset.${hash}`;
  return join(stack.folder, path);
}
