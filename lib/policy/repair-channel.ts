/* eslint-disable @typescript-eslint/no-explicit-any -- the API's only type for JSON in every language is any */
import { Access } from './access';
import { connectStatement } from './connect';
import { minimize } from './minimize';
import type { PolicyScope } from './policy-scope';
import { arnIn, type DocumentJson, renderDocument, ruleOf } from './rule';
import { sizeIn } from './size';
import { IotStatement } from './statement';

/**
 * What an isolated device can still do: connect as itself, run jobs, be told of a secure tunnel, report its security metrics,
 * and read and update its own classic shadow.
 *
 * It takes two documents, both for the quarantine group. One allows the channel. The other denies all else, whatever other
 * policies allow, by sparing the channel (`NotResource`): where a policy variable has no value nothing is spared, so it fails
 * closed. A last will, retained messages and new credentials of role aliases are denied as well.
 *
 * @example
 * const channel = RepairChannel.standard();
 * new QuarantineGroup(this, 'Quarantine', { repairChannel: channel });
 */
export class RepairChannel {
  /** The repair channel as the class describes it. */
  public static standard(): RepairChannel {
    return new RepairChannel();
  }

  /** What the channel allows, besides connecting. */
  public readonly accesses: Access[] = [
    Access.jobs(),
    Access.tunnelNotifications(),
    Access.defenderMetrics(),
    Access.shadow(),
  ];

  private constructor() {}

  /** Document that allows the channel. */
  public allowDocument(scope: PolicyScope): any {
    return render(scope, this.allowed());
  }

  /** Document that denies everything else. */
  public denyDocument(scope: PolicyScope): any {
    const spared = this.allowed().flatMap((statement) => statement.resources);
    return render(scope, [
      IotStatement.deny({ actions: ['iot:*'], notResources: spared }),
      IotStatement.deny({ actions: ['iot:AssumeRoleWithCertificate', 'iot:RetainPublish'], resources: ['*'] }),
    ]);
  }

  /** Both documents: the one that allows, then the one that denies. */
  public documents(scope: PolicyScope): any[] {
    return [this.allowDocument(scope), this.denyDocument(scope)];
  }

  private allowed(): IotStatement[] {
    return [connectStatement(false), ...this.accesses.flatMap((access) => access.statements)];
  }
}

function render(scope: PolicyScope, statements: IotStatement[]): DocumentJson {
  return renderDocument(minimize(statements.map(ruleOf), sizeIn(scope)), arnIn(scope));
}
