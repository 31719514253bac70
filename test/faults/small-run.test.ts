import { findings, isClean, renderReport } from './print-report';
import { type FaultReport, runFaults } from './run-faults';

/** A short run with a fixed seed; docs/faults.md tells how to run a long one. */
describe('money under fire', () => {
  let report: FaultReport;

  beforeAll(async () => {
    // Bounded: what was not reached after so long is not waited for.
    report = await runFaults({
      deliveries: 700,
      mostCopies: 5,
      kills: 15,
      postgresKills: 1,
      seed: 7,
      limitMs: 10_000,
    });
  }, 240_000);

  it('finds nothing lost, doubled, regressed, imbalanced, unsettled, moved or unhandled', () => {
    if (!isClean(report)) process.stderr.write(renderReport(report));
    expect(Object.values(findings(report)).flat()).toEqual([]);
  });

  it('accepts no forgery', () => {
    expect(report.counters.forgedDeliveries).toBeGreaterThan(0);
    expect(report.counters.forgeriesAccepted).toBe(0);
  });

  it('really was under fire', () => {
    const { counters, verdict } = report;
    expect(counters.killsByPoint.size).toBeGreaterThanOrEqual(5);
    expect(counters.postgresKills).toBe(1);
    expect(counters.deliveries).toBeGreaterThanOrEqual(200);
    expect(verdict.facts).toBeGreaterThan(20);
  });
});
