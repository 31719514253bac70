import { physicalAttribute, physicalRef } from './physical-names';
import type { Surroundings } from './surroundings';
import type { Stack } from './template';

/** Replaces intrinsic functions in a value of one stack's template. */
export type Resolve = (value: unknown, stack: Stack) => unknown;

/**
 * Makes a resolver over all stacks of an assembly: Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select,
 * Fn::Split, Fn::If and its conditions, Fn::ImportValue, Fn::GetStackOutput and the pseudo parameters.
 *
 * @throws Error naming the stack when something cannot be resolved
 */
export function makeResolver(stacks: Stack[], surroundings: Surroundings): Resolve {
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': surroundings.account,
    'AWS::Region': surroundings.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  };

  const ref = (name: string, stack: Stack): unknown => {
    if (name in pseudo) return pseudo[name];
    if (name === 'AWS::StackName') return stack.name;
    if (name === 'AWS::StackId') return `arn:aws:cloudformation:${surroundings.region}:${stack.name}`;
    const parameter = stack.template.Parameters?.[name];
    if (parameter) return parameter.Default ?? '';
    const resource = stack.template.Resources?.[name];
    if (!resource) throw new Error(`${stack.name}: Ref to ${name}, which the template does not have`);
    return physicalRef(name, resource, surroundings, (value) => resolve(value, stack));
  };

  const attribute = (name: string, attributeName: string, stack: Stack): unknown => {
    const resource = stack.template.Resources?.[name];
    if (!resource) throw new Error(`${stack.name}: Fn::GetAtt of ${name}, which the template does not have`);
    return physicalAttribute(name, attributeName, resource, surroundings, (value) => resolve(value, stack));
  };

  const substitute = (text: string, own: Record<string, unknown>, stack: Stack): string =>
    text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in own) return String(resolve(own[name], stack));
      const [id, ...attributePath] = name.split('.');
      if (id === undefined) return whole;
      return String(
        attributePath.length > 0 ? attribute(id, attributePath.join('.'), stack) : ref(name, stack),
      );
    });

  const output = (stackName: string, outputName: string): unknown => {
    const stack = stacks.find((candidate) => candidate.name === stackName);
    const found = stack?.template.Outputs?.[outputName];
    if (!stack || !found) throw new Error(`no stack has the output ${stackName}.${outputName}`);
    return resolve(found.Value, stack);
  };

  const imported = (name: unknown): unknown => {
    for (const stack of stacks) {
      for (const { Value, Export } of Object.values(stack.template.Outputs ?? {})) {
        if (Export && resolve(Export.Name, stack) === name) return resolve(Value, stack);
      }
    }
    throw new Error(`no stack exports ${String(name)}`);
  };

  const isTrue = (condition: unknown, stack: Stack): boolean => {
    if (typeof condition === 'string') return isTrue(stack.template.Conditions?.[condition], stack);
    const [name, value] = Object.entries(condition as Record<string, unknown>)[0] ?? [];
    const list = Array.isArray(value) ? value : [value];
    if (name === 'Condition') return isTrue(value, stack);
    if (name === 'Fn::Equals') return resolve(list[0], stack) === resolve(list[1], stack);
    if (name === 'Fn::And') return list.every((part) => isTrue(part, stack));
    if (name === 'Fn::Or') return list.some((part) => isTrue(part, stack));
    if (name === 'Fn::Not') return !isTrue(list[0], stack);
    throw new Error(`${stack.name}: unknown condition ${name}`);
  };

  const apply = (name: string, argument: unknown, stack: Stack): unknown => {
    const list = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return ref(String(argument), stack);
      case 'Fn::GetAtt': {
        const [id = '', ...rest] = typeof argument === 'string' ? argument.split('.') : list.map(String);
        return attribute(id, rest.join('.'), stack);
      }
      case 'Fn::Join':
        return (resolve(list[1], stack) as unknown[]).map(String).join(String(list[0]));
      case 'Fn::Sub':
        return substitute(String(list[0]), (list[1] ?? {}) as Record<string, unknown>, stack);
      case 'Fn::Select':
        return (resolve(list[1], stack) as unknown[])[Number(resolve(list[0], stack))];
      case 'Fn::Split':
        return String(resolve(list[1], stack)).split(String(list[0]));
      case 'Fn::If':
        return resolve(isTrue(list[0], stack) ? list[1] : list[2], stack);
      case 'Fn::FindInMap': {
        const [map = '', first = '', second = ''] = list.map((part) => String(resolve(part, stack)));
        return stack.template.Mappings?.[map]?.[first]?.[second];
      }
      case 'Fn::GetAZs':
        return ['a', 'b'].map((zone) => `${surroundings.region}${zone}`);
      case 'Fn::Base64':
        return Buffer.from(String(resolve(argument, stack))).toString('base64');
      case 'Fn::ImportValue':
        return imported(resolve(argument, stack));
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = resolve(argument, stack) as Record<string, string>;
        return output(String(StackName), String(OutputName));
      }
      default:
        throw new Error(`${stack.name}: ${name} is not supported by the local runner`);
    }
  };

  const resolve: Resolve = (value, stack) => {
    if (Array.isArray(value))
      return value.map((item) => resolve(item, stack)).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return apply(first[0], first[1], stack);
    }
    return Object.fromEntries(
      entries
        .map(([key, item]) => [key, resolve(item, stack)] as const)
        .filter(([, item]) => item !== undefined),
    );
  };
  return resolve;
}
