import { checkPort } from './check-port';
import { PORT_PURPOSES, type Ports, portVariable } from './ports';

/**
 * Makes sure that every wanted port is free before anything starts.
 *
 * @throws Error that lists all taken ports, each with the process on it and the fix
 */
export async function checkPorts(ports: Ports): Promise<void> {
  const names = Object.keys(ports) as (keyof Ports)[];
  const checks = names.map((name) => checkPort(ports[name], PORT_PURPOSES[name], portVariable(name)));
  const problems = (await Promise.allSettled(checks)).flatMap((check) =>
    check.status === 'rejected' ? [(check.reason as Error).message] : [],
  );
  // Most of them at once: that is no stray program, it is another Tandem.
  if (problems.length > names.length / 2)
    problems.push('To run two at once, set the ports of one to 0: any free one (docs/local.md).');
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
