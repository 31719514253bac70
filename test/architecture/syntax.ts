import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from '@swc/core';
import { ROOT } from './cruise';

/** A node of swc's syntax tree, as far as these checks look into it. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const isNode = (value: unknown, type?: string): value is SyntaxNode =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  (type === undefined || value.type === type);

/** Every TypeScript file below these folders, by its path in the repository. */
export const sourcesIn = (...folders: readonly string[]): readonly string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
    )
    .filter((path) => !path.includes('node_modules'))
    .sort();

export const readSource = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** All nodes of a text's syntax tree, parents before children. */
export const nodesOf = (text: string): readonly SyntaxNode[] => {
  const nodes: SyntaxNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      if (isNode(value)) nodes.push(value);
      Object.values(value).forEach(visit);
    }
  };
  visit(parseSync(text, { syntax: 'typescript', target: 'es2024' }));
  return nodes;
};

/** The name of an identifier, or the text of a string literal. */
export const nameOf = (value: unknown): string | null => {
  if (!isNode(value)) return null;
  if (value.type === 'Computed') return nameOf(value.expression);
  return typeof value.value === 'string' ? value.value : null;
};
