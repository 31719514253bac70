import { join } from 'node:path';
import { AssetHashType, BundlingOutput, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleFunction } from './bundle-function';
import type { FunctionEntry, FunctionName } from './function-catalogue';

/** Where a function's code comes from. */
export type FunctionCode = (name: FunctionName, entry: FunctionEntry) => Code;

/**
 * Bundles each function at synthesis.
 *
 * @param root of the repository
 * @param mapDir gets the source maps, in a folder for each function
 */
export const bundledCode =
  (root: string, mapDir: string): FunctionCode =>
  (name, { entry, sdks }) => {
    const local: ILocalBundling = {
      tryBundle: (outDir) => {
        bundleFunction({ entry: join(root, entry), outDir, sdks, mapDir: join(mapDir, name) });
        return true;
      },
    };
    return Code.fromAsset(join(root, 'services'), {
      assetHashType: AssetHashType.OUTPUT, // same bytes, same asset: nothing is deployed that did not change
      bundling: {
        local,
        image: DockerImage.fromRegistry('docker is never used'),
        outputType: BundlingOutput.NOT_ARCHIVED,
        environment: { FUNCTION: name }, // CDK tells assets of one folder apart by their options
      },
    });
  };
