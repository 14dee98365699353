/* eslint-disable @typescript-eslint/no-explicit-any -- the API's only type for JSON in every language is any */
import { Problems } from '../internal/problems';
import type { PatchArtifact } from './patch-artifact';
import type { PatchStep } from './patch-step';

const MAX_STEPS = 50;

/**
 * What a device is told to do so that it is well again.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/create-manage-jobs.html
 *
 * @example
 * PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh'), PatchStep.command('Reboot', ['/sbin/reboot'])]);
 */
export class PatchDocument {
  /**
   * A document of steps, as the AWS IoT Device Client runs them.
   *
   * @param steps What to do, in this order: 1 to 50 steps
   */
  public static ofSteps(steps: PatchStep[]): PatchDocument {
    const problems = new Problems();
    if (steps.length < 1 || steps.length > MAX_STEPS)
      problems.report('PatchDocumentInvalid', `'steps' must have 1 to ${MAX_STEPS} items, got ${steps.length}`);
    problems.throwIfAny();
    const document = { version: '1.0', steps: steps.map((step) => step._render()) };
    checkForKey(document, 'steps', problems);
    problems.throwIfAny();
    return new PatchDocument(
      document,
      steps.flatMap((step) => step._artifacts),
    );
  }

  /**
   * A document of your own, for devices with an agent of their own.
   *
   * @param document JSON object. Files stand in it by `PatchArtifact.url`
   * @param artifacts The files that it names: devices are given the right to download exactly these
   */
  public static fromObject(document: any, artifacts: PatchArtifact[] = []): PatchDocument {
    const problems = new Problems();
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
    if (!isObject || Object.keys(document as object).length === 0) {
      problems.report('PatchDocumentInvalid', "'document' must be a JSON object with something in it");
      problems.throwIfAny();
    }
    const text = JSON.stringify(document);
    const rest = artifacts.reduce((left, { url }) => left.replaceAll(url, ''), text);
    if (rest.includes('${aws:iot:s3-presigned-url'))
      problems.report(
        'PatchDocumentInvalid',
        "'document' has a placeholder of a presigned URL that is not the 'url' of one of 'artifacts': nobody could download the file; give the artifact, too",
      );
    if (text.includes('${aws:iot:code-sign-signature:'))
      problems.report(
        'PatchDocumentInvalid',
        "'document' has a placeholder of a code signature: only the console of AWS IoT replaces it; sign the file before, and give the signature with the artifact",
      );
    checkForKey(document as object, 'document', problems);
    problems.throwIfAny();
    return new PatchDocument(document as object, artifacts);
  }

  private constructor(
    /** @internal */
    public readonly _json: object,
    /** @internal */
    public readonly _artifacts: readonly PatchArtifact[],
  ) {}
}

function checkForKey(document: object, property: string, problems: Problems): void {
  if (JSON.stringify(document).includes('PRIVATE KEY-----'))
    problems.report(
      'PatchDocumentInvalid',
      `'${property}' must hold no private key: a device makes its own, and sends a CSR`,
    );
}
