import type { DependencyName } from './domain/judge-health';

/** Asks a dependency something that costs it next to nothing. Rejects when it does not answer well. */
export type Probe = () => Promise<unknown>;

export type Probes = Readonly<Record<DependencyName, Probe>>;
