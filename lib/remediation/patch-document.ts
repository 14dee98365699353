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
    const artifacts = steps.flatMap((step) => step._artifacts);
    check('steps', JSON.stringify(document), artifacts, problems);
    problems.throwIfAny();
    return new PatchDocument(document, artifacts);
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
    check('document', textOf(document as object, problems), artifacts, problems);
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

/** The document as JSON; empty where it has none, which is reported. */
function textOf(document: object, problems: Problems): string {
  try {
    return JSON.stringify(document);
  } catch (error) {
    const [because = ''] = (error as Error).message.split('\n');
    problems.report('PatchDocumentInvalid', `'document' must be plain data that JSON can say: ${because}`);
    return '';
  }
}

function check(property: string, text: string, artifacts: readonly PatchArtifact[], problems: Problems): void {
  const report = (because: string) => {
    problems.report('PatchDocumentInvalid', `'${property}' ${because}`);
  };
  const rest = artifacts.reduce((left, { url }) => left.replaceAll(url, ''), text);
  if (rest.includes('${aws:iot:s3-presigned-url'))
    report(
      `must have no placeholder of a presigned URL but the 'url' of one of its 'artifacts': nobody could download the file; ${
        property === 'steps'
          ? "give the artifact to PatchStep.handler() as one of 'artifacts', or write the document with PatchDocument.fromObject()"
          : 'give the artifact, too'
      }`,
    );
  if (text.includes('${aws:iot:code-sign-signature:'))
    report(
      'must have no placeholder of a code signature: only the console of AWS IoT replaces it; sign the file before, and give the signature with the artifact',
    );
  if (text.includes('PRIVATE KEY-----')) report('must hold no private key: a device makes its own, and sends a CSR');
}
