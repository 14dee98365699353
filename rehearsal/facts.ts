import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthorizationView, Cloud, DeployedResource } from './ports';

const THING = '${iot:Connection.Thing.ThingName}';

/** How devices get into a fleet, as the assembly says. */
export interface EnrollmentFacts {
  readonly templateName: string;
  /** Policy for claim certificates; none if the assembly has none. */
  readonly claimPolicy?: string;
  /** What client ids must begin with while a device claims. */
  readonly clientIdPrefix: string;
}

/** A topic that feeds a response. */
export interface AlarmTopic {
  readonly topicArn: string;
  /** Schema of the project's own signals; absent for alarms in the form of Device Defender. */
  readonly schema?: string;
}

type Statement = { Effect?: string; Action?: string | string[]; Resource?: string | string[] };

/** What a deployed assembly says about fleets: scenarios need not repeat it. */
export class Facts {
  constructor(
    private readonly cloud: Pick<Cloud, 'resources'>,
    private readonly assembly: string,
  ) {}

  /** The first template of fleet provisioning, or the one of this name. */
  public enrollment(templateName?: string): EnrollmentFacts {
    const templates = this.cloud
      .resources('AWS::IoT::ProvisioningTemplate')
      .filter(({ properties }) => properties.TemplateType === 'FLEET_PROVISIONING');
    const found = templates.find(({ physicalId }) => templateName === undefined || physicalId === templateName);
    if (found === undefined)
      throw new Error('the assembly has no template for fleet provisioning: no device can enroll');
    const name = found.physicalId;
    const claim = this.cloud
      .resources('AWS::IoT::Policy')
      .find(({ properties }) => textOf(properties.PolicyDocument).includes(`$aws/provisioning-templates/${name}/`));
    const connect = claim && /:client\/([^"*]+)\*/.exec(textOf(claim.properties.PolicyDocument));
    return { templateName: name, claimPolicy: claim?.physicalId, clientIdPrefix: connect?.[1] ?? 'claim-' };
  }

  /** Serial numbers that the assembly's allow-lists hold, in their order. */
  public serials(): string[] {
    return this.cloud.resources('Custom::IotAllowList').flatMap((resource) => this.listed(resource));
  }

  /** Groups whose policies deny: those of isolated devices. */
  public quarantineGroups(): string[] {
    return this.cloud
      .resources('Custom::IotGroupPolicies')
      .filter(({ properties }) =>
        (properties.Policies as { Denies?: string }[]).some(({ Denies }) => Denies === 'true'),
      )
      .map(({ properties }) => String(properties.ThingGroupName));
  }

  /** Where a detector publishes so that the response hears it, and in which form. */
  public alarms(): AlarmTopic | undefined {
    const wired = this.cloud
      .resources('AWS::SNS::Subscription')
      .filter(({ properties }) => properties.Protocol === 'sqs')
      .map(({ properties }): AlarmTopic | undefined => {
        const filter = properties.FilterPolicy as { schema?: string[] } | undefined;
        const topicArn = String(properties.TopicArn);
        if (filter === undefined) return { topicArn };
        return filter.schema?.[0] === undefined ? undefined : { topicArn, schema: filter.schema[0] };
      })
      .filter((alarm) => alarm !== undefined);
    return wired.find(({ schema }) => schema === undefined) ?? wired[0];
  }

  /** The function through which operators give orders: the one that fills the queue of releases. */
  public operators(): DeployedResource | undefined {
    return this.cloud.resources('AWS::Lambda::Function').find(({ properties }) => {
      const environment = properties.Environment as { Variables?: Record<string, unknown> } | undefined;
      const names = Object.keys(environment?.Variables ?? {});
      return names.includes('RELEASE_QUEUE_URL') && names.includes('TASK_QUEUE_URL');
    });
  }

  private listed({ properties }: DeployedResource): string[] {
    // Assets are named by their hash, in the bucket and in the folder of the assembly.
    const hash = /[0-9a-f]{64}/.exec(textOf(properties))?.[0];
    const file = hash && join(this.assembly, `asset.${hash}.txt`);
    if (file === undefined || !existsSync(file)) return [];
    return readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);
  }
}

/** A topic that the policies let the connected thing publish to, other than those of AWS IoT itself. */
export function ownTopic({ policies, thing }: AuthorizationView): string | undefined {
  for (const { document } of policies) {
    const { Statement: given = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    for (const { Effect, Action, Resource } of [given].flat()) {
      if (Effect !== 'Allow' || ![Action].flat().some((action) => action === 'iot:Publish')) continue;
      const topics = [Resource].flat().flatMap((arn) => (arn === undefined ? [] : [arn.split(':topic/')[1] ?? '']));
      const own = topics.find((topic) => topic.includes(THING) && !topic.startsWith('$'));
      if (own !== undefined) return own.replaceAll(THING, thing?.thingName ?? '').replaceAll('*', 'rehearsal');
    }
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
