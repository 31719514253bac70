import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../lib/bundle-function';
import { FUNCTIONS } from '../lib/function-catalogue';
import { type Measurement, median } from './measurement';

const ROUNDS = 15;

/** Imports a bundle as Lambda does and reports the CPU time of the whole process, in microseconds. */
const LOAD = `
const { handler } = require(process.argv[1]);
if (typeof handler !== 'function') process.exit(2);
const { user, system } = process.cpuUsage();
console.log(user + system);
process.exit(0);
`;

/** What a usual function of this kind loads before its first line of work. */
const USUAL = `
import middy from '@middy/core';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import Stripe from 'stripe';
import * as paypal from '@paypal/paypal-server-sdk';
import pg from 'pg';
export const handler = () => [middy, Logger, Metrics, createClient, z, Stripe, paypal, pg];
`;

/** CPU time from process start to a loaded handler: each function ÷ an empty handler, and ÷ the usual stack. */
export const coldStarts = async (): Promise<readonly Measurement[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  try {
    const variants = makeVariants(folder);
    const samples = new Map(variants.map(({ name }) => [name, [] as number[]]));
    // Interleaved, so that a slow minute of the machine hits all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { name, file } of variants) samples.get(name)?.push(load(file));
    }
    const cpu = (name: string): number => median(samples.get(name) ?? []) / 1000;
    return Object.keys(FUNCTIONS).flatMap((name) =>
      (['empty', 'usual'] as const).map((base) => ({
        what: `cold start of ${name} ÷ ${base === 'empty' ? 'an empty handler' : 'the usual stack'}`,
        ratio: cpu(name) / cpu(base),
        detail: `${cpu(name).toFixed(0)} ÷ ${cpu(base).toFixed(0)} ms CPU`,
      })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const makeVariants = (folder: string): readonly { readonly name: string; readonly file: string }[] => {
  const root = join(__dirname, '..');
  const empty = join(folder, 'empty.js');
  writeFileSync(empty, 'module.exports.handler = async () => ({});');
  const usualSource = join(root, 'bench', '.usual.mjs');
  writeFileSync(usualSource, USUAL);
  const usual = join(folder, 'usual');
  try {
    bundleFunction({
      entry: usualSource,
      outDir: usual,
      sdks: ['stripe', '@paypal/paypal-server-sdk', '@supabase/supabase-js'],
    });
  } finally {
    rmSync(usualSource);
  }
  const functions = Object.entries(FUNCTIONS).map(([name, { entry, sdks }]) => {
    bundleFunction({ entry: join(root, entry), outDir: join(folder, name), sdks });
    return { name, file: join(folder, name, 'index.js') };
  });
  return [{ name: 'empty', file: empty }, { name: 'usual', file: join(usual, 'index.js') }, ...functions];
};

const load = (file: string): number => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', LOAD, file], {
    encoding: 'utf8',
    // Init must not find configuration: what is measured is loading, not connecting.
    env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1' },
  });
  if (status !== 0) throw new Error(`${file} does not load: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
};
