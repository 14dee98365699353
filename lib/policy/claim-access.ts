/* eslint-disable @typescript-eslint/no-explicit-any -- the API's only type for JSON in every language is any */
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import { WITHOUT_WILL } from './connect';
import { minimize } from './minimize';
import type { PolicyScope } from './policy-scope';
import { arnIn, renderDocument, ruleOf } from './rule';
import { sizeIn } from './size';
import { IotStatement } from './statement';
import { mayMatch } from './tokens';

const FORMATS = ['cbor', 'json'];

/**
 * What a claim certificate allows: turning a signing request into the device's own certificate through one provisioning
 * template, and nothing else.
 *
 * Every device of a batch may hold the same claim, so it can publish the two requests only, never an answer that another
 * device would take for the service's. It cannot ask AWS IoT to make a private key (`certificates/create`): keys stay where
 * they were made.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#claim-based
 *
 * @example
 * const access = ClaimAccess.forTemplate('pumps', 'claim-');
 * const document = access.document({ partition: 'aws', region: 'eu-west-1', account: '111122223333' });
 * new iot.CfnPolicy(this, 'ClaimPolicy', { policyDocument: document });
 */
export class ClaimAccess {
  /**
   * Access for one provisioning template.
   *
   * @param templateName Name of the provisioning template: 1 to 36 of letters, digits, `_` and `-`
   * @param clientIdPrefix What client ids start with while devices claim: 1 to 64 of letters, digits, `:`, `.`, `_` and `-`.
   * Choose one that no thing name starts with, or a claim could take the place of a device's connection: a `.` is in none
   */
  public static forTemplate(templateName: string, clientIdPrefix: string): ClaimAccess {
    return new ClaimAccess(templateName, clientIdPrefix);
  }

  private constructor(
    private readonly templateName: string,
    private readonly clientIdPrefix: string,
  ) {
    const problems = new Problems();
    if (!mayMatch(templateName, /^[0-9A-Za-z_-]{1,36}$/, /^[0-9A-Za-z_-]*$/)) {
      problems.report(
        'PolicyAccessInvalid',
        `'templateName' must be 1 to 36 letters, digits, '_' and '-', got ${quote(templateName)}`,
      );
    }
    if (!mayMatch(clientIdPrefix, /^[a-zA-Z0-9:._-]{1,64}$/, /^[a-zA-Z0-9:._-]*$/)) {
      problems.report(
        'PolicyAccessInvalid',
        `'clientIdPrefix' must be 1 to 64 letters, digits, ':', '.', '_' and '-', got ${quote(clientIdPrefix)}`,
      );
    }
    problems.throwIfAny();
  }

  /** The policy document for claim certificates. */
  public document(scope: PolicyScope): any {
    const statements = [this.connect(), ...this.exchange()];
    return renderDocument(minimize(statements.map(ruleOf), sizeIn(scope)), arnIn(scope));
  }

  /** Without a will: it would be published under a certificate that many devices share. */
  private connect(): IotStatement {
    return IotStatement.allow({
      actions: ['iot:Connect'],
      resources: [`client/${this.clientIdPrefix}*`],
      conditions: WITHOUT_WILL,
    });
  }

  private exchange(): IotStatement[] {
    const requests = [
      '$aws/certificates/create-from-csr',
      `$aws/provisioning-templates/${this.templateName}/provision`,
    ];
    const topics = requests.flatMap((request) => FORMATS.map((format) => `${request}/${format}`));
    return [
      IotStatement.allow({ actions: ['iot:Publish'], resources: topics.map((topic) => `topic/${topic}`) }),
      IotStatement.allow({ actions: ['iot:Receive'], resources: topics.map((topic) => `topic/${topic}/*`) }),
      IotStatement.allow({ actions: ['iot:Subscribe'], resources: topics.map((topic) => `topicfilter/${topic}/*`) }),
    ];
  }
}
