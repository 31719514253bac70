import { isNode, nameOf, nodesOf, type SyntaxNode } from './syntax';

/** What a rule has against a text: one phrase for each fault. */
export type CodeRule = (text: string) => readonly string[];

/** `process.env` in any of its spellings. */
export const readsEnvironment: CodeRule = (text) =>
  nodesOf(text).flatMap((node) => {
    if (
      node.type === 'MemberExpression' &&
      nameOf(node.object) === 'process' &&
      nameOf(node.property) === 'env'
    )
      return ['process.env'];
    if (node.type === 'VariableDeclarator' && nameOf(node.init) === 'process')
      return ['taken apart: process'];
    if (node.type === 'ImportDeclaration' && /^(node:)?process$/.test(nameOf(node.source) ?? ''))
      return ['imports process'];
    return [];
  });

/** zod otherwise than as a namespace of zod/mini: a named or default import bundles every locale, zod itself 455 kB. */
export const importsHeavyZod: CodeRule = (text) =>
  nodesOf(text).flatMap((node) => {
    const source = node.type === 'ImportDeclaration' ? nameOf(node.source) : null;
    if (source === null || !/^zod($|\/)/.test(source) || node.typeOnly === true) return [];
    const specifiers = Array.isArray(node.specifiers) ? (node.specifiers as SyntaxNode[]) : [];
    const isNamespace = specifiers.every(({ type }) => type === 'ImportNamespaceSpecifier');
    if (source.startsWith('zod/v4/')) return [];
    return isNamespace && source === 'zod/mini'
      ? []
      : [`imports ${source} otherwise than as a namespace of zod/mini`];
  });

const FLOAT_FUNCTIONS = new Set(['Number', 'parseFloat', 'parseInt', 'Math']);
const FLOAT_METHODS = new Set(['toFixed', 'toPrecision', 'valueOf']);

/** Anything by which an amount could become a float. Amounts are bigint from the edge to the row. */
export const calculatesInFloats: CodeRule = (text) =>
  nodesOf(text).flatMap((node) => {
    if (node.type === 'CallExpression' && FLOAT_FUNCTIONS.has(nameOf(node.callee) ?? ''))
      return [`${nameOf(node.callee)}()`];
    if (node.type === 'MemberExpression') {
      const [object, property] = [nameOf(node.object) ?? '', nameOf(node.property) ?? ''];
      // Number.isNaN and the like only look.
      if (FLOAT_FUNCTIONS.has(object) && !property.startsWith('is')) return [`${object}.${property}`];
      if (FLOAT_METHODS.has(property)) return [`.${property}()`];
    }
    if (node.type === 'UnaryExpression' && node.operator === '+') return ['unary +'];
    if (node.type === 'NumericLiteral' && !Number.isInteger(node.value)) return [`${node.value}`];
    if (node.type === 'TsTypeAnnotation' || node.type === 'TsPropertySignature') return minorAsNumber(node);
    return [];
  });

const minorAsNumber = (node: SyntaxNode): readonly string[] => {
  const name = nameOf(node.key) ?? '';
  const annotation = isNode(node.typeAnnotation) ? node.typeAnnotation.typeAnnotation : null;
  const isNumber = isNode(annotation, 'TsKeywordType') && annotation.kind === 'number';
  return /Minor$/.test(name) && isNumber ? [`${name}: number`] : [];
};

/** SQL put together from anything but constants of its own module or of another. */
export const buildsSql: CodeRule = (text) => {
  const nodes = nodesOf(text);
  const constants = new Set(
    topLevel(nodes).flatMap((node) => {
      if (node.type === 'ImportDeclaration')
        return (node.specifiers as SyntaxNode[]).map((specifier) => nameOf(specifier.local) ?? '');
      const declaration = node.type === 'ExportDeclaration' ? node.declaration : node;
      if (!isNode(declaration, 'VariableDeclaration') || declaration.kind !== 'const') return [];
      return (declaration.declarations as SyntaxNode[])
        .filter(({ init }) => isNode(init, 'TemplateLiteral') || isNode(init, 'StringLiteral'))
        .map(({ id }) => nameOf(id) ?? '');
    }),
  );
  const isConstant = (value: unknown): boolean => {
    if (isNode(value, 'StringLiteral')) return true;
    if (isNode(value, 'Identifier')) return constants.has(nameOf(value) ?? '');
    return isNode(value, 'TemplateLiteral') && (value.expressions as unknown[]).every(isConstant);
  };
  return nodes.flatMap((node) => {
    if (node.type !== 'CallExpression' || !isNode(node.callee, 'MemberExpression')) return [];
    if (nameOf(node.callee.property) !== 'query') return [];
    const [first] = node.arguments as { readonly expression: unknown }[];
    return first !== undefined && isConstant(first.expression) ? [] : ['SQL that is no constant'];
  });
};

const topLevel = (nodes: readonly SyntaxNode[]): readonly SyntaxNode[] => {
  const module = nodes.find(({ type }) => type === 'Module');
  return module === undefined ? [] : (module.body as SyntaxNode[]);
};

/** A file that only passes on what others export, or exports what has no name. */
export const isBarrel: CodeRule = (text) =>
  nodesOf(text).flatMap((node) => {
    if (node.type === 'ExportAllDeclaration') return ['export *'];
    if (node.type === 'ExportNamedDeclaration' && isNode(node.source)) return ['export from'];
    return node.type === 'ExportDefaultDeclaration' || node.type === 'ExportDefaultExpression'
      ? ['export default']
      : [];
  });
