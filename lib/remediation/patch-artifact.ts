import { Aws, Token } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';

/** S3 keys have 1 to 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1_024;
const INVISIBLE = /[\p{Cc}\p{Cs}]/u;
/** What stands for more than itself in the policy that lets devices download the file; tokens begin like a variable, too. */
const WIDENING = /[*?]|\$\{(?!Token\[)/;
/** What who follows the URL would leave out. */
const DOTS = /(?:^|\/)\.{1,2}(?:\/|$)/;
const ACCOUNT = /^[0-9]{12}$/;
const SHA_256 = /^[0-9a-f]{64}$/;
/** Room for a signature of RSA-4096, or a short chain in one. */
const SIGNATURE = /^(?:[A-Za-z0-9+/]{4}){1,1024}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A file that devices download while they are repaired. */
export interface PatchArtifactProps {
  /** Bucket that the file is in. */
  readonly bucket: IBucketRef;

  /**
   * Account that the bucket belongs to, 12 digits. Names of buckets are those of the whole world: a bucket that is deleted can
   * be made again by somebody else.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
   *
   * @default - the account of the stack; URLs of a bucket in any other are refused
   */
  readonly bucketAccount?: string;

  /** Key of the file in the bucket: 1 to 1,024 bytes without `*`, `?` and `${`, and no part of it `.` or `..`. Best one that names its content, since placeholders know no versions. */
  readonly objectKey: string;

  /** SHA-256 of the content, 64 hexadecimal digits: what the device compares before it installs anything. */
  readonly sha256: string;

  /**
   * Signature of the content, base64, made before with a key that devices trust (AWS Signer, or a signer of your own).
   *
   * @see https://docs.aws.amazon.com/signer/latest/developerguide/Welcome.html
   *
   * @default - the file is not signed
   */
  readonly signature?: string;

  /**
   * Key that the file is encrypted with in the bucket.
   *
   * @default - a key that every reader of the bucket may use (SSE-S3)
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * A file that a patch brings to devices. Its address is a placeholder: AWS IoT puts a presigned URL in its place when a device
 * asks for the job, so the bucket stays private and an old job document is worth nothing.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/create-manage-jobs.html
 *
 * @example
 * const bucket = s3.CfnBucket.fromBucketName(this, 'Firmware', 'firmware');
 * PatchArtifact.of({ bucket, objectKey: 'pump/2.1.7.bin', sha256: '0'.repeat(64) });
 */
export class PatchArtifact {
  /**
   * A file in a bucket.
   *
   * @param props Where it is and what it must be
   */
  public static of(props: PatchArtifactProps): PatchArtifact {
    return new PatchArtifact(props);
  }

  /** What stands in the document for the address of the file. */
  public readonly url: string;
  /** Checksum of the content. */
  public readonly sha256: string;
  /** Signature of the content, where it is signed. */
  public readonly signature?: string;

  private constructor(private readonly props: PatchArtifactProps) {
    const { bucket, objectKey, sha256, signature } = props;
    check(props);
    const path = Token.isUnresolved(objectKey) ? objectKey : objectKey.split('/').map(encodeURIComponent).join('/');
    const { bucketName } = bucket.bucketRef;
    this.url = `\${aws:iot:s3-presigned-url-v2:https://s3.${Aws.REGION}.${Aws.URL_SUFFIX}/${bucketName}/${path}}`;
    this.sha256 = sha256;
    this.signature = signature;
  }

  /** @internal */
  public get _props(): PatchArtifactProps {
    return this.props;
  }
}

function check({ objectKey, sha256, signature, bucketAccount }: PatchArtifactProps): void {
  const problems = new Problems();
  const given = (text: string | undefined): text is string => text !== undefined && !Token.isUnresolved(text);
  const bytes = Buffer.byteLength(objectKey);
  if (given(objectKey) && (bytes < 1 || bytes > MAX_KEY_BYTES))
    problems.report('PatchArtifactInvalid', `'objectKey' must have 1 to ${MAX_KEY_BYTES} bytes, got ${bytes}`);
  else if (given(objectKey) && INVISIBLE.test(objectKey))
    problems.report(
      'PatchArtifactInvalid',
      `'objectKey' must be text without control characters, got ${quote(objectKey)}`,
    );
  if (WIDENING.test(objectKey))
    problems.report(
      'PatchArtifactInvalid',
      `'objectKey' must have no '*', '?' or '\${', which would let devices download other files, too; got ${quote(objectKey)}`,
    );
  if (DOTS.test(objectKey))
    problems.report(
      'PatchArtifactInvalid',
      `'objectKey' must have no part that is '.' or '..', which is gone from the URL when a device uses it; got ${quote(objectKey)}`,
    );
  if (given(bucketAccount) && !ACCOUNT.test(bucketAccount))
    problems.report('PatchArtifactInvalid', `'bucketAccount' must be 12 digits, got ${quote(bucketAccount)}`);
  if (given(sha256) && !SHA_256.test(sha256))
    problems.report(
      'PatchArtifactInvalid',
      `'sha256' must be 64 hexadecimal digits in lower case, got ${quote(sha256)}`,
    );
  if (given(signature) && !SIGNATURE.test(signature))
    problems.report('PatchArtifactInvalid', "'signature' must be base64 of at most 4,096 characters");
  problems.throwIfAny();
}
