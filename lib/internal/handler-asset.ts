import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { handlerFolder, handlerHash } from './package-root';

/** Where the deployed code of a handler or the content of a file lies. */
export interface AssetLocation {
  readonly bucketName: string;
  readonly objectKey: string;
  readonly hash: string;
}

/** Set where assets are to stay where they are, as in most tests. */
const DISABLE_STAGING = 'aws:cdk:disable-asset-staging';

/**
 * The bundled code of a handler. Its hash was taken when it was built, so nothing is read or fingerprinted here but copied
 * once to where the assembly keeps its files.
 *
 * @param files texts that lie beside the code, by their names
 */
export function stageHandler(
  scope: Construct,
  handlerName: string,
  files: Readonly<Record<string, string>> = {},
): AssetLocation {
  const source = handlerFolder(handlerName);
  const hash = handlerHash(handlerName);
  if (Object.keys(files).length > 0) return stageWithFiles(scope, source, hash, files);
  if (scope.node.tryGetContext(DISABLE_STAGING) === true)
    return addAsset(scope, source, FileAssetPackaging.ZIP_DIRECTORY, hash);
  const folder = join(stageOf(scope).assetOutdir, `asset.${hash}`);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    copyFileSync(join(source, 'index.js'), join(folder, 'index.js'));
  }
  return addAsset(scope, folder, FileAssetPackaging.ZIP_DIRECTORY, hash);
}

/** The code with what it reads beside it, in a folder that is the same for the same content. */
function stageWithFiles(
  scope: Construct,
  source: string,
  code: string,
  files: Readonly<Record<string, string>>,
): AssetLocation {
  const hash = createHash('sha256')
    .update(JSON.stringify([code, files]))
    .digest('hex');
  const folder = join(stageOf(scope).assetOutdir, `asset.${hash}`);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    copyFileSync(join(source, 'index.js'), join(folder, 'index.js'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }
  return addAsset(scope, folder, FileAssetPackaging.ZIP_DIRECTORY, hash);
}

/**
 * Stages a text as a file of the assembly. It is written where staged files lie and nowhere else, so nothing is left behind
 * and equal texts are one file.
 */
export function stageText(scope: Construct, text: string, extension: string): AssetLocation {
  const hash = createHash('sha256').update(text).digest('hex');
  const file = join(stageOf(scope).assetOutdir, `asset.${hash}.${extension}`);
  writeFileSync(file, text);
  return addAsset(scope, file, FileAssetPackaging.FILE, hash);
}

function addAsset(scope: Construct, path: string, packaging: FileAssetPackaging, sourceHash: string): AssetLocation {
  const { synthesizer } = Stack.of(scope);
  const location = synthesizer.addFileAsset({
    fileName: relative(stageOf(scope).outdir, path),
    packaging,
    sourceHash,
    displayName: scope.node.path,
  });
  return { bucketName: location.bucketName, objectKey: location.objectKey, hash: sourceHash };
}

function stageOf(scope: Construct): Stage {
  return Stage.of(scope) as Stage;
}
