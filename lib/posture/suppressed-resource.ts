import { Token } from 'aws-cdk-lib';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IRoleAliasRef } from 'aws-cdk-lib/aws-iot';
import type { InputErrors, TextRule } from '../internal/input-errors';

const CERTIFICATE_ID: TextRule = {
  minLength: 64,
  maxLength: 64,
  pattern: /^[a-fA-F0-9]+$/,
  allowed: '64 hexadecimal digits',
  code: 'SuppressedResourceInvalid',
};
const CLIENT_ID: TextRule = { maxLength: 128, code: 'SuppressedResourceInvalid' };
const POOL_ID: TextRule = {
  maxLength: 55,
  pattern: /^[\w-]+:[0-9a-fA-F-]+$/,
  allowed: 'a region, a colon and a UUID',
  code: 'SuppressedResourceInvalid',
};
const POLICY_NAME: TextRule = {
  maxLength: 128,
  pattern: /^[\w+=,.@-]+$/,
  allowed: "letters, digits and '_+=,.@-'",
  code: 'SuppressedResourceInvalid',
};
const POLICY_VERSION: TextRule = {
  maxLength: 10,
  pattern: /^[0-9]+$/,
  allowed: 'digits',
  code: 'SuppressedResourceInvalid',
};
const ACCOUNT: TextRule = {
  minLength: 12,
  maxLength: 12,
  pattern: /^[0-9]+$/,
  allowed: '12 digits',
  code: 'SuppressedResourceInvalid',
};
const SUBJECT: TextRule = {
  maxLength: 1_000,
  pattern: /^[\x20-\x7e]+$/,
  allowed: 'printable ASCII characters',
  code: 'SuppressedResourceInvalid',
};
const SERIAL: TextRule = {
  maxLength: 20,
  pattern: /^[a-fA-F0-9:]+$/,
  allowed: "hexadecimal digits and ':'",
  code: 'SuppressedResourceInvalid',
};

interface Part {
  readonly name: string;
  readonly value: string;
  readonly rule: TextRule;
}

/**
 * The resource that does not comply with a check, in the form in which the service identifies it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_ResourceIdentifier.html
 */
export class SuppressedResource {
  /** A device certificate, by its id of 64 hexadecimal digits. */
  public static deviceCertificate(certificateId: string): SuppressedResource {
    return SuppressedResource.text('deviceCertificateId', certificateId, CERTIFICATE_ID);
  }

  /** A CA certificate, by its id of 64 hexadecimal digits. */
  public static caCertificate(certificateId: string): SuppressedResource {
    return SuppressedResource.text('caCertificateId', certificateId, CERTIFICATE_ID);
  }

  /** An Amazon Cognito identity pool, by its id. */
  public static cognitoIdentityPool(identityPoolId: string): SuppressedResource {
    return SuppressedResource.text('cognitoIdentityPoolId', identityPoolId, POOL_ID);
  }

  /** An MQTT client id that several devices use. */
  public static clientId(clientId: string): SuppressedResource {
    return SuppressedResource.text('clientId', clientId, CLIENT_ID);
  }

  /** A version of an AWS IoT policy. A new version is another resource: its findings are reported again. */
  public static policyVersion(policyName: string, policyVersionId: string): SuppressedResource {
    return new SuppressedResource('policyVersionIdentifier', [
      { name: 'policyName', value: policyName, rule: POLICY_NAME },
      { name: 'policyVersionId', value: policyVersionId, rule: POLICY_VERSION },
    ]);
  }

  /** The settings of an account, by its id of 12 digits. */
  public static account(accountId: string): SuppressedResource {
    return SuppressedResource.text('account', accountId, ACCOUNT);
  }

  /** An IAM role. */
  public static role(role: IRoleRef): SuppressedResource {
    return SuppressedResource.text('iamRoleArn', role.roleRef.roleArn, { maxLength: 2_048 });
  }

  /** A role alias. */
  public static roleAlias(roleAlias: IRoleAliasRef): SuppressedResource {
    return SuppressedResource.text('roleAliasArn', roleAlias.roleAliasRef.roleAliasArn, { maxLength: 2_048 });
  }

  /**
   * A certificate that issued device certificates.
   *
   * @param subject the distinguished name of its subject
   * @param serialNumber up to 20 hexadecimal digits and colons
   */
  public static issuerCertificate(subject: string, serialNumber: string): SuppressedResource {
    return new SuppressedResource('issuerCertificateIdentifier', [
      { name: 'issuerCertificateSubject', value: subject, rule: SUBJECT },
      { name: 'issuerCertificateSerialNumber', value: serialNumber, rule: SERIAL },
    ]);
  }

  private static text(member: string, value: string, rule: TextRule): SuppressedResource {
    return new SuppressedResource(member, [{ name: '', value, rule }]);
  }

  private constructor(
    private readonly member: string,
    private readonly parts: readonly Part[],
  ) {}

  /**
   * Reports what the service would refuse.
   *
   * @internal
   */
  public _validate(errors: InputErrors): void {
    for (const { name, value, rule } of this.parts)
      errors.text(['resource', this.member, name].filter((word) => word !== '').join('.'), value, rule);
  }

  /**
   * As the API has it.
   *
   * @internal
   */
  public _render(): { [member: string]: unknown } {
    const [only] = this.parts;
    if (this.parts.length === 1 && only !== undefined) return { [this.member]: only.value };
    return { [this.member]: Object.fromEntries(this.parts.map(({ name, value }) => [name, value])) };
  }

  /**
   * The same text for the same resource; undefined where it is known only at deployment.
   *
   * @internal
   */
  public _identity(): string | undefined {
    if (this.parts.some(({ value }) => Token.isUnresolved(value))) return undefined;
    return JSON.stringify(this._render());
  }
}
