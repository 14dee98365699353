import { type MqttCaller, type ProvisioningService, ServiceRefusal } from '../../ports';
import { AwsFault } from '../fault';
import type { Functions } from '../functions';
import { type Operation, recordOf } from '../operation';
import { report, serviceParty, type World } from '../world';
import type { Certificates } from './certificates';
import type { IotRegistry } from './registry';

export interface ProvisioningTemplate {
  readonly name: string;
  readonly arn: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly roleArn: string;
  readonly enabled: boolean;
  readonly hookArn?: string;
}

interface Ownership {
  readonly certificateId: string;
  readonly until: number;
}

type Json = Readonly<Record<string, unknown>>;

const TOKEN_LIVES_MS = 3_600_000;
const HOOK_TAKES_MS = 5_000;
const SERVICE = 'iot.amazonaws.com';

/** Fleet provisioning by claim, as the MQTT API of AWS IoT offers it. */
export class Provisioning implements ProvisioningService {
  public readonly templates = new Map<string, ProvisioningTemplate>();
  private readonly owners = new Map<string, Ownership>();
  private tokens = 0;

  constructor(
    private readonly world: World,
    private readonly registry: IotRegistry,
    private readonly certificates: Certificates,
    private readonly functions: Functions,
    /** Operations of the control plane, which a template's resources are made with, in the template's role. */
    private readonly operation: (name: string) => Operation,
  ) {}

  public async createCertificateFromCsr(
    _caller: MqttCaller,
    { certificateSigningRequest }: { readonly certificateSigningRequest: string },
  ) {
    try {
      const { certificateId, pem } = this.certificates.issue(certificateSigningRequest, 'PENDING_ACTIVATION');
      const certificateOwnershipToken = this.world.random.fork(`ownership ${this.tokens++}`).hex(64);
      this.owners.set(certificateOwnershipToken, { certificateId, until: this.world.clock.now() + TOKEN_LIVES_MS });
      return { certificateId, certificatePem: pem, certificateOwnershipToken };
    } catch (error) {
      throw refusalOf(error, 'InvalidCertificateSigningRequest');
    }
  }

  public async createKeysAndCertificate(): Promise<never> {
    throw new ServiceRefusal(
      400,
      'InvalidRequest',
      'The rehearsal does not make private keys: send a certificate signing request',
    );
  }

  public async registerThing(
    { clientId, certificateId: claimCertificateId }: MqttCaller,
    templateName: string,
    request: { readonly certificateOwnershipToken: string; readonly parameters?: Readonly<Record<string, string>> },
  ) {
    const template = this.templates.get(templateName);
    if (template === undefined) throw new ServiceRefusal(404, 'ResourceNotFound', `Template ${templateName} not found`);
    if (!template.enabled) throw new ServiceRefusal(400, 'InvalidRequest', `Template ${templateName} is disabled`);
    const owned = this.owners.get(request.certificateOwnershipToken);
    if (owned === undefined || owned.until < this.world.clock.now())
      throw new ServiceRefusal(400, 'InvalidCertificateOwnershipToken', 'The ownership token is not valid');
    const { certificateId } = owned;
    const given = request.parameters ?? {};
    const overrides = await this.ask(template, { claimCertificateId, certificateId, clientId, parameters: given });
    const parameters = this.parametersOf(template, {
      ...given,
      ...overrides,
      'AWS::IoT::Certificate::Id': certificateId,
    });
    try {
      const thingName = await this.make(template, parameters, certificateId);
      this.owners.delete(request.certificateOwnershipToken);
      const configuration = recordOf(render(template.body.DeviceConfiguration ?? {}, parameters, template));
      return { thingName, deviceConfiguration: configuration as Readonly<Record<string, string>> };
    } catch (error) {
      throw refusalOf(error, 'InvalidRequest');
    }
  }

  /** Asks the hook. Anything but a clear yes within its time is a no. */
  private async ask(template: ProvisioningTemplate, event: Json): Promise<Readonly<Record<string, string>>> {
    if (template.hookArn === undefined) return {};
    const denied = (why: string) => new ServiceRefusal(403, 'AccessDenied', why);
    const from = serviceParty('iot provisioning');
    const hook = this.functions.find(template.hookArn);
    if (!this.functions.mayInvoke(SERVICE, template.arn, template.hookArn, from) || hook === undefined)
      throw denied('The pre-provisioning hook could not be invoked');
    const { pem = '' } = this.registry.certificates.get(String(event.certificateId)) ?? {};
    const began = this.world.clock.now();
    const answer = await this.functions.invoke(
      hook,
      { ...event, certificatePem: pem, templateArn: template.arn, templateName: template.name },
      'iot hook',
      from,
    );
    if (this.world.clock.now() - began > HOOK_TAKES_MS || answer.kind !== 'value')
      throw denied('The pre-provisioning hook gave no answer');
    const { allowProvisioning, parameterOverrides } = recordOf(answer.value);
    if (allowProvisioning !== true) throw denied('The pre-provisioning hook does not allow it');
    return recordOf(parameterOverrides) as Readonly<Record<string, string>>;
  }

  private parametersOf({ body }: ProvisioningTemplate, given: Readonly<Record<string, string>>): Json {
    const declared = Object.entries(recordOf(body.Parameters));
    for (const name of Object.keys(given))
      if (!declared.some(([known]) => known === name))
        throw new ServiceRefusal(400, 'InvalidRequest', `The template has no parameter ${name}`);
    const values = declared.map(([name, declaration]) => [name, given[name] ?? recordOf(declaration).Default] as const);
    const missing = values.find(([, value]) => value === undefined);
    if (missing !== undefined)
      throw new ServiceRefusal(400, 'InvalidRequest', `The parameter ${missing[0]} has no value`);
    return Object.fromEntries(values);
  }

  private async make(template: ProvisioningTemplate, parameters: Json, certificateId: string): Promise<string> {
    const actor = { party: serviceParty('iot provisioning'), roleArn: template.roleArn };
    const assumed = this.world.authorizer.assume(SERVICE, template.roleArn, template.arn);
    if (!report(this.world, actor.party, serviceParty('sts'), 'takes on the provisioning role', assumed))
      throw new AwsFault('UnauthorizedException', 'The provisioning role cannot be assumed', 401);
    const resources = Object.values(recordOf(template.body.Resources)).map(recordOf);
    const of = (type: string) => resources.filter((resource) => resource.Type === type);
    const call = (name: string, input: Json) => this.world.gateway.callAs(actor, 'iot', this.operation(name), input);
    let thingName = '';
    for (const resource of of('AWS::IoT::Thing')) {
      const properties = recordOf(render(resource.Properties, parameters, template));
      thingName = String(properties.ThingName);
      await this.makeThing(thingName, properties, recordOf(resource.OverrideSettings), call);
    }
    for (const resource of of('AWS::IoT::Policy'))
      await this.attachPolicy(recordOf(render(resource.Properties, parameters, template)), certificateId, call);
    for (const resource of of('AWS::IoT::Certificate'))
      await this.activate(recordOf(render(resource.Properties, parameters, template)), thingName, certificateId, call);
    return thingName;
  }

  private async makeThing(thingName: string, properties: Json, override: Json, call: Call): Promise<void> {
    const attributes = recordOf(properties.AttributePayload);
    const existing = this.registry.thingsByName.get(thingName);
    if (existing === undefined)
      await call('CreateThing', {
        thingName,
        thingTypeName: properties.ThingTypeName,
        attributePayload: { attributes },
        billingGroupName: properties.BillingGroup,
      });
    else {
      const changes = Object.keys(attributes).length > 0 || properties.ThingTypeName !== undefined;
      for (const setting of ['AttributePayload', 'ThingTypeName', 'ThingGroups'])
        if (override[setting] === 'FAIL')
          throw new AwsFault('ResourceAlreadyExistsException', `Thing ${thingName} exists already`, 409);
      if (changes)
        await call('UpdateThing', {
          thingName,
          ...(override.ThingTypeName === 'REPLACE' && { thingTypeName: properties.ThingTypeName }),
          ...(override.AttributePayload !== undefined && {
            attributePayload: { attributes, merge: override.AttributePayload === 'MERGE' },
          }),
        });
    }
    const groups = ((properties.ThingGroups ?? []) as unknown[]).map(String);
    if (existing !== undefined && override.ThingGroups === 'REPLACE') {
      const others = existing.groups.latest.filter((name) => !groups.includes(name));
      if (others.length > 0)
        await call('UpdateThingGroupsForThing', { thingName, thingGroupsToAdd: [], thingGroupsToRemove: others });
    }
    if (existing !== undefined && override.ThingGroups === undefined) return;
    for (const thingGroupName of groups) await call('AddThingToThingGroup', { thingName, thingGroupName });
  }

  private async attachPolicy({ PolicyName, PolicyDocument }: Json, certificateId: string, call: Call): Promise<void> {
    const policyName = PolicyName === undefined ? `provisioned-${certificateId.slice(0, 16)}` : String(PolicyName);
    if (PolicyDocument !== undefined && !this.registry.policies.has(policyName))
      await call('CreatePolicy', { policyName, policyDocument: String(PolicyDocument) });
    await call('AttachPolicy', { policyName, target: this.registry.arn(`cert/${certificateId}`) });
  }

  private async activate(properties: Json, thingName: string, certificateId: string, call: Call): Promise<void> {
    const principal = this.registry.arn(`cert/${certificateId}`);
    if (thingName !== '')
      await call('AttachThingPrincipal', { thingName, principal, thingPrincipalType: properties.ThingPrincipalType });
    const newStatus = String(properties.Status ?? 'ACTIVE');
    await call('UpdateCertificate', { certificateId, newStatus });
  }
}

type Call = (name: string, input: Json) => Promise<unknown>;

/** The functions of provisioning templates. */
function render(value: unknown, parameters: Json, template: ProvisioningTemplate): unknown {
  if (Array.isArray(value)) return value.map((item) => render(item, parameters, template));
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Json;
  const [key] = Object.keys(map);
  if (key !== undefined && Object.keys(map).length === 1) {
    if (key === 'Ref') return parameters[String(map.Ref)] ?? map.Ref;
    if (key === 'Fn::Join') {
      const [delimiter, items] = map[key] as [string, unknown[]];
      return items.map((item) => String(render(item, parameters, template))).join(delimiter);
    }
    if (key === 'Fn::Sub') return subOf(map[key], parameters, template);
    if (key === 'Fn::FindInMap')
      return (map[key] as unknown[]).reduce<unknown>(
        (found, step) => recordOf(found)[String(render(step, parameters, template))],
        template.body.Mappings,
      );
    if (key === 'Fn::Split') {
      const [delimiter, text] = map[key] as [string, unknown];
      return String(render(text, parameters, template)).split(delimiter);
    }
    if (key === 'Fn::Select') {
      const [index, list] = map[key] as [unknown, unknown];
      return (render(list, parameters, template) as unknown[])[Number(render(index, parameters, template))];
    }
    if (key.startsWith('Fn::'))
      throw new AwsFault('InvalidRequestException', `The function ${key} is not modelled in provisioning templates`);
  }
  return Object.fromEntries(Object.entries(map).map(([name, item]) => [name, render(item, parameters, template)]));
}

function subOf(argument: unknown, parameters: Json, template: ProvisioningTemplate): string {
  const [text, own] = Array.isArray(argument) ? (argument as [string, Json]) : [String(argument), {}];
  return text.replace(/\$\{([^}]+)\}/g, (_all, name: string) =>
    String(render(own[name], parameters, template) ?? parameters[name] ?? ''),
  );
}

function refusalOf(error: unknown, code: string): ServiceRefusal {
  if (error instanceof ServiceRefusal) return error;
  if (!(error instanceof AwsFault)) return new ServiceRefusal(500, 'InternalServerError', String(error));
  if (/Denied|Unauthorized/.test(error.name)) return new ServiceRefusal(403, 'AccessDenied', error.message);
  return new ServiceRefusal(error.status, error.name.replace(/Exception$/, '') || code, error.message);
}
