import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';

/**
 * Rights around the response to incidents.
 *
 * @example
 * declare const detector: iam.Role;
 * const fleet = new FleetGroup(this, 'Fleet', { access: [Access.shadow()] });
 * const quarantineGroup = new QuarantineGroup(this, 'Quarantine');
 * const response = new IncidentResponse(this, 'Response', { fleetGroups: [fleet], quarantineGroup });
 * response.grants.sendSignals(detector);
 */
export class IncidentResponseGrants {
  /** @internal */
  public static _of(signalQueueArn: string, keyArn: string): IncidentResponseGrants {
    return new IncidentResponseGrants(signalQueueArn, keyArn);
  }

  private constructor(
    private readonly signalQueueArn: string,
    private readonly keyArn: string,
  ) {}

  /**
   * Lets a principal send signals to the queue itself, as a detection engine does. Who may do so may have devices isolated.
   *
   * @param grantee Who detects
   */
  public sendSignals(grantee: IGrantable): Grant {
    const send = Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.signalQueueArn] });
    const encrypt = ['kms:Decrypt', 'kms:GenerateDataKey'];
    return send.combine(Grant.addToPrincipal({ grantee, actions: encrypt, resourceArns: [this.keyArn] }));
  }
}
