import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Verb } from '../../lambda/operate-incident/contract';
import type { OperatorEntry } from './operator-entry';

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
  public static _of(signalQueueArn: string, keyArn: string, entry: OperatorEntry): IncidentResponseGrants {
    return new IncidentResponseGrants(signalQueueArn, keyArn, entry);
  }

  private constructor(
    private readonly signalQueueArn: string,
    private readonly keyArn: string,
    private readonly entry: OperatorEntry,
  ) {}

  /**
   * Lets a principal read incidents, and list those that are held.
   *
   * @param grantee Who may read
   */
  public read(grantee: IGrantable): Grant {
    return this.operate(grantee, ['list', 'read']);
  }

  /**
   * Lets a principal report devices: what is done about it is for the playbook to say. For a service desk, or a technician.
   *
   * @param grantee Who may report
   */
  public report(grantee: IGrantable): Grant {
    return this.operate(grantee, ['report']);
  }

  /**
   * Lets a principal isolate devices by hand, also those that are held.
   *
   * @param grantee Who may isolate
   */
  public isolate(grantee: IGrantable): Grant {
    return this.operate(grantee, ['list', 'read', 'isolate']);
  }

  /**
   * Lets a principal stop what is automatic about an incident until a person decides.
   *
   * @param grantee Who may hold
   */
  public hold(grantee: IGrantable): Grant {
    return this.operate(grantee, ['list', 'read', 'hold']);
  }

  /**
   * Lets a principal give devices back what isolation took.
   *
   * @param grantee Who may release
   */
  public release(grantee: IGrantable): Grant {
    return this.operate(grantee, ['list', 'read', 'release']);
  }

  /**
   * Lets a principal revoke the certificates of devices for good.
   *
   * @param grantee Who may retire
   */
  public retire(grantee: IGrantable): Grant {
    return this.operate(grantee, ['list', 'read', 'retire']);
  }

  /**
   * Lets a principal send signals to the queue itself, as a detection engine does. Who may do so may have devices
   * isolated, as far as the playbook lets signals; it cannot give orders.
   *
   * @param grantee Who detects
   */
  public sendSignals(grantee: IGrantable): Grant {
    const send = Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.signalQueueArn] });
    const encrypt = ['kms:Decrypt', 'kms:GenerateDataKey'];
    return send.combine(Grant.addToPrincipal({ grantee, actions: encrypt, resourceArns: [this.keyArn] }));
  }

  private operate(grantee: IGrantable, verbs: Verb[]): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: this.entry.arnsOf(verbs) });
  }
}
