import { registerHooks } from 'node:module';

/** middy's package names an entry for `import` only, and tsx compiles ours to `require`: the bundles of the product have neither. */
export const resolveImports = (): void => {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith('@middy/')
        ? next(specifier, { ...context, conditions: [...context.conditions, 'import'] })
        : next(specifier, context),
  });
};
