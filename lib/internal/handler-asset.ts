import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetStaging, FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { handlerFolder } from './package-root';

/** Where the deployed code of a handler or the content of a file lies. */
export interface AssetLocation {
  readonly bucketName: string;
  readonly objectKey: string;
  readonly hash: string;
}

/** Stages a file or folder as it is. The asset constructs of aws-s3-assets would load the S3 module for the same result. */
export function stageAsset(scope: Construct, id: string, path: string, packaging: FileAssetPackaging): AssetLocation {
  const stack = Stack.of(scope);
  const staging = new AssetStaging(scope, id, { sourcePath: path });
  const location = stack.synthesizer.addFileAsset({
    fileName: staging.relativeStagedPath(stack),
    packaging,
    sourceHash: staging.assetHash,
    displayName: scope.node.path,
  });
  return { bucketName: location.bucketName, objectKey: location.objectKey, hash: staging.assetHash };
}

/** The bundled code of a handler. */
export function stageHandler(scope: Construct, id: string, handlerName: string): AssetLocation {
  return stageAsset(scope, id, handlerFolder(handlerName), FileAssetPackaging.ZIP_DIRECTORY);
}

/**
 * Stages a text as a file of the assembly. It is written where staged files lie and nowhere else, so nothing is left behind
 * and equal texts are one file.
 */
export function stageText(scope: Construct, text: string, extension: string): AssetLocation {
  const stack = Stack.of(scope);
  const sourceHash = createHash('sha256').update(text).digest('hex');
  const fileName = `asset.${sourceHash}.${extension}`;
  writeFileSync(join((Stage.of(scope) as Stage).outdir, fileName), text);
  const location = stack.synthesizer.addFileAsset({
    fileName,
    packaging: FileAssetPackaging.FILE,
    sourceHash,
    displayName: scope.node.path,
  });
  return { bucketName: location.bucketName, objectKey: location.objectKey, hash: sourceHash };
}
