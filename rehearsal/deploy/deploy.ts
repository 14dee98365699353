import type { Assembly, StackSource } from '../assembly/load';
import { deploymentOrder } from '../assembly/order';
import { Resolver } from '../assembly/resolve';
import { AssemblyError, isMap, type RawMap, type RawTemplate, readTemplate } from '../assembly/template';
import { NotModelled } from '../cloud/fault';
import type { Cloudlike } from '../cloud/parts';
import type { DeployedResource, Gap } from '../ports';
import { Answers, createCustomResource } from './custom-resource';
import { ALARM_PROVIDERS } from './alarm-provider';
import { AUDIT_PROVIDERS } from './audit-providers';
import { HTTP_PROVIDERS } from './http-providers';
import { ignored, watched } from './ignored';
import { DETECT_PROVIDERS } from './detect-providers';
import { IAM_PROVIDERS } from './iam-providers';
import { IOT_PROVIDERS } from './iot-providers';
import { NAMES_ONLY, UNKNOWN_TYPE } from './not-modelled';
import type { Made, Provider, ResourceRequest, StackIdentity } from './provider';
import { LAMBDA_PROVIDERS } from './lambda-providers';
import { SERVICE_PROVIDERS } from './service-providers';
import { STREAM_PROVIDERS } from './stream-providers';

const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  Object.entries({
    ...ALARM_PROVIDERS,
    ...AUDIT_PROVIDERS,
    ...DETECT_PROVIDERS,
    ...HTTP_PROVIDERS,
    ...IAM_PROVIDERS,
    ...IOT_PROVIDERS,
    ...LAMBDA_PROVIDERS,
    ...SERVICE_PROVIDERS,
    ...STREAM_PROVIDERS,
  }),
);

/** Version that a bootstrapped account has; templates check it. */
const BOOTSTRAP_VERSION = '30';
const NAME_LENGTH = 128;

/** Types that providers create. */
export function modelledTypes(): readonly string[] {
  return [...PROVIDERS.keys()].filter((type) => !(type in NAMES_ONLY)).sort();
}

/** A deployment failed, as it would in the account: what failed, and why. */
export class DeploymentError extends Error {
  public override readonly name = 'DeploymentError';
}

interface Template {
  readonly stack: StackIdentity;
  readonly template: RawTemplate;
  readonly paths: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Creates what the templates of an assembly describe, in the order that CloudFormation would. */
export class Deployment {
  public readonly resources: DeployedResource[] = [];
  public readonly gaps: Gap[] = [];
  public readonly outputs = new Map<string, Readonly<Record<string, string>>>();
  private readonly exports: Map<string, unknown>;
  private readonly answers = new Answers();

  constructor(
    private readonly assembly: Assembly,
    private readonly cloud: Cloudlike,
    private readonly parameters: Readonly<Record<string, string>>,
    /** Of stacks that are no part of the assembly. */
    exports: Readonly<Record<string, string>>,
  ) {
    this.exports = new Map(Object.entries(exports));
    cloud.world.gateway.mailbox = (path, body) => this.answers.put(path, body);
  }

  public async deploy(stack: StackSource): Promise<void> {
    const { world } = this.cloud;
    for (const [what, given, own] of [
      ['account', stack.account, world.place.account],
      ['region', stack.region, world.place.region],
    ] as const)
      if (given !== undefined && given !== own)
        throw new AssemblyError(
          `stack ${stack.name} is for ${what} ${given}, and the rehearsal is of ${own}: name the stacks of one place, as --stacks NAME,NAME`,
        );
    const identity = this.identityOf(stack.name);
    const parameters = this.parametersOf(stack.name, stack.template, {});
    const outputs = await this.create({ stack: identity, template: stack.template, paths: stack.paths, parameters });
    this.outputs.set(stack.name, outputs);
  }

  /** Whether a stack, or one that is nested in it, makes a security profile. A condition that is not known before counts as met. */
  public usesDetect({ name, template }: StackSource): boolean {
    return this.makesProfile(name, template, {});
  }

  private makesProfile(name: string, template: RawTemplate, given: Readonly<Record<string, unknown>>): boolean {
    const all = Object.entries(known(() => this.parametersOf(name, template, given)) ?? {});
    // What the stack above works out later is not the default.
    const parameters = Object.fromEntries(all.filter(([key]) => !(key in given) || given[key] !== undefined));
    const whole = { stack: this.identityOf(name), template, paths: new Map<string, string>(), parameters };
    const resolver = this.resolverOf(whole, new Map());
    return Object.values(template.Resources).some(({ Type, Condition, Properties = {} }) => {
      if (Condition !== undefined && known(() => resolver.condition(Condition)) === false) return false;
      if (Type !== 'AWS::CloudFormation::Stack') return Type === 'AWS::IoT::SecurityProfile';
      const nested = known(() => this.nestedTemplate(resolver.resolve(Properties.TemplateURL)));
      const values = Object.entries(isMap(Properties.Parameters) ? Properties.Parameters : {});
      const told = values.map(([key, value]) => [key, known(() => resolver.resolve(value))] as const);
      return nested !== undefined && this.makesProfile(name, nested, Object.fromEntries(told));
    });
  }

  private identityOf(name: string): StackIdentity {
    const { place, random } = this.cloud.world;
    const { partition, region, account } = place;
    return {
      name,
      id: `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/${random.fork(`stack ${name}`).uuid()}`,
    };
  }

  private parametersOf(
    stackName: string,
    template: RawTemplate,
    given: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> {
    const entries = Object.entries(template.Parameters ?? {}).map(([name, { Type, Default }]) => {
      const value = given[name] ?? this.parameters[`${stackName}.${name}`] ?? this.parameters[name] ?? Default;
      if (value === undefined)
        throw new AssemblyError(
          `stack ${stackName} has a parameter ${name} without a value: give it one, as --parameters ${stackName}:${name}=VALUE`,
        );
      const type = String(Type);
      const isStored = type.startsWith('AWS::SSM::Parameter::Value<');
      const stored = isStored ? this.outside('ssm', String(value), stackName) : value;
      const isList = type === 'CommaDelimitedList' || type.includes('List<');
      return [
        name,
        isList && !Array.isArray(stored)
          ? String(stored)
              .split(',')
              .map((item) => item.trim())
          : stored,
      ] as const;
    });
    return Object.fromEntries(entries);
  }

  /** What the account holds besides the stacks; what no stack puts there gets a made-up value, which is told once. */
  private outside(service: string, name: string, stackName: string): string {
    const stored = service === 'ssm' ? this.stored(name.replace(/:\d+$/, '')) : undefined;
    if (stored !== undefined) return stored;
    const subject = `${service === 'ssm' ? 'parameter' : service} ${name} of the account`;
    if (!this.gaps.some((each) => each.subject === subject && each.where === stackName))
      this.note(subject, stackName, 'a made-up value was used');
    return `made-up-value-of-${name}`;
  }

  private stored(name: string): string | undefined {
    if (/^\/cdk-bootstrap\/[^/]+\/version$/.test(name)) return BOOTSTRAP_VERSION;
    return this.cloud.ssm.parameters.get(name)?.value;
  }

  private async create(whole: Template): Promise<Record<string, string>> {
    if (whole.template.Transform !== undefined)
      this.note(`transform ${JSON.stringify(whole.template.Transform)}`, whole.stack.name, 'it was not applied');
    const made = new Map<string, Made>();
    const resolver = this.resolverOf(whole, made);
    for (const logicalId of deploymentOrder(whole.template)) {
      const resource = whole.template.Resources[logicalId];
      if (resource === undefined || (resource.Condition !== undefined && !resolver.condition(resource.Condition)))
        continue;
      await this.one(whole, resolver, logicalId, resource.Type, resource.Properties ?? {}, made);
    }
    const outputs = Object.entries(whole.template.Outputs ?? {}).filter(
      ([, { Condition }]) => typeof Condition !== 'string' || resolver.condition(Condition),
    );
    return Object.fromEntries(
      outputs.map(([name, output]) => {
        const value = resolver.resolve(output.Value);
        const exported = isMap(output.Export) ? resolver.text(output.Export.Name, `the export of ${name}`) : undefined;
        if (exported !== undefined) this.exports.set(exported, value);
        return [name, typeof value === 'string' ? value : JSON.stringify(value)] as const;
      }),
    );
  }

  private async one(
    whole: Template,
    resolver: Resolver,
    logicalId: string,
    type: string,
    raw: RawMap,
    made: Map<string, Made>,
  ): Promise<void> {
    const { clock, events, random } = this.cloud.world;
    const { stack } = whole;
    const path = whole.paths.get(logicalId);
    const label = (path ?? `${stack.name}/${logicalId}`).replace(/\/Resource$/, '');
    // What stands in a resource that is not made is nobody's to work out.
    const properties = (isMade(type) ? resolver.resolve(raw) : (known(() => resolver.resolve(raw)) ?? {})) as RawMap;
    const tail = random.fork(`name ${stack.name} ${logicalId}`).hex(12).toUpperCase();
    const generatedName = (most = NAME_LENGTH) => `${`${stack.name}-${logicalId}`.slice(0, most - 13)}-${tail}`;
    const request: ResourceRequest = { type, logicalId, label, stack, properties, generatedName };
    const event = {
      kind: 'deploy',
      who: { kind: 'stack', name: stack.name },
      stack: stack.name,
      logicalId,
      resourceType: type,
    } as const;
    const changeStatus = () => this.cloud.cloudFormation.change(stack.id, logicalId, clock.now());
    changeStatus();
    try {
      const resource = await this.make(request, whole);
      changeStatus();
      made.set(logicalId, resource);
      for (const { subject, meaning } of resource.limits ?? []) this.note(subject, label, meaning);
      this.resources.push({
        stack: stack.name,
        logicalId,
        path,
        type,
        physicalId: resource.ref,
        properties,
        attributes: resource.attributes ?? {},
      });
      events.emit({ ...event, what: `creates ${label}`, outcome: 'created' });
    } catch (error) {
      if (!(error instanceof NotModelled)) {
        events.emit({
          ...event,
          what: `fails to create ${label}`,
          outcome: 'failed',
          detail: (error as Error).message,
        });
        throw new DeploymentError(`${label} (${type}) could not be created: ${(error as Error).message}`, {
          cause: error,
        });
      }
      this.note(error.subject, label, error.meaning);
      this.cloud.audits.skipped.add(type);
      made.set(logicalId, { ref: generatedName() });
      events.emit({ ...event, what: `skips ${label}`, outcome: 'skipped', detail: error.message });
    }
  }

  private async make(request: ResourceRequest, whole: Template): Promise<Made> {
    const { type, label } = request;
    const limit = NAMES_ONLY[type];
    if (limit !== undefined) this.note(type, label, limit);
    if (type === 'AWS::CloudFormation::Stack') return this.nested(request);
    if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
      return createCustomResource(request, this.cloud, this.answers);
    const provider = PROVIDERS.get(type);
    if (provider !== undefined) {
      const { properties, read } = watched(request.properties);
      const made = await provider({ ...request, properties }, this.cloud);
      return { ...made, limits: [...(made.limits ?? []), ...ignored(type, request.properties, read)] };
    }
    const { ScheduleExpression, State } = request.properties;
    if (type === 'AWS::Scheduler::Schedule' && State !== 'DISABLED')
      this.cloud.events.missing(label, String(ScheduleExpression));
    if (limit === undefined) throw new NotModelled(type, UNKNOWN_TYPE);
    return { ref: request.generatedName(), attributes: { Arn: `${whole.stack.id}/${request.logicalId}` } };
  }

  private async nested(request: ResourceRequest): Promise<Made> {
    const url = request.properties.TemplateURL;
    const template = this.nestedTemplate(url);
    if (template === undefined)
      throw new NotModelled(`nested template ${String(url)}`, 'nothing of the nested stack was created');
    const stack = this.identityOf(request.generatedName());
    const given = isMap(request.properties.Parameters) ? request.properties.Parameters : {};
    const paths = new Map(
      Object.entries(template.Resources).flatMap(([id, { Metadata }]) =>
        typeof Metadata?.['aws:cdk:path'] === 'string' ? [[id, Metadata['aws:cdk:path']] as const] : [],
      ),
    );
    const outputs = await this.create({
      stack,
      template,
      paths,
      parameters: this.parametersOf(stack.name, template, given),
    });
    return {
      ref: stack.id,
      attributes: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`Outputs.${name}`, value])),
    };
  }

  private nestedTemplate(url: unknown): RawTemplate | undefined {
    const key = String(url);
    const asset = this.assembly.assets.get(key.slice(key.lastIndexOf('/') + 1));
    return asset && readTemplate(asset.path);
  }

  private resolverOf({ stack, template, parameters }: Template, made: ReadonlyMap<string, Made>): Resolver {
    const { partition, region, account, urlSuffix } = this.cloud.world.place;
    const standing = (logicalId: string): Made => {
      const found = made.get(logicalId);
      if (found === undefined)
        throw new AssemblyError(`${stack.name}: ${logicalId} is referred to, but does not stand`);
      return found;
    };
    return new Resolver({
      where: stack.name,
      template,
      parameters,
      pseudo: {
        'AWS::AccountId': account,
        'AWS::Region': region,
        'AWS::Partition': partition,
        'AWS::URLSuffix': urlSuffix,
        'AWS::StackName': stack.name,
        'AWS::StackId': stack.id,
        'AWS::NotificationARNs': [],
      },
      ref: (logicalId) => standing(logicalId).ref,
      attribute: (logicalId, name) => this.attributeOf(stack, logicalId, standing(logicalId), name),
      exported: (name) => {
        if (!this.exports.has(name))
          throw new AssemblyError(
            `${stack.name}: nothing is exported under the name ${name}: if a stack of another app does, say what, as --exports ${name}=VALUE`,
          );
        return this.exports.get(name);
      },
      outside: (service, name) => this.outside(service, name, stack.name),
    });
  }

  private attributeOf(stack: StackIdentity, logicalId: string, { ref, attributes = {} }: Made, name: string): unknown {
    const value = attributes[name];
    if (value !== undefined) return value;
    this.note(`attribute ${name}`, `${stack.name}/${logicalId}`, 'a made-up value was used');
    return `${ref}-${name}`;
  }

  private note(subject: string, where: string, meaning: string): void {
    this.gaps.push({ subject, where, meaning });
  }
}

function isMade(type: string): boolean {
  return PROVIDERS.has(type) || type.startsWith('Custom::') || type.startsWith('AWS::CloudFormation::');
}

/** What can be worked out before anything stands; undefined for the rest. */
function known<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof AssemblyError) return undefined;
    throw error;
  }
}
