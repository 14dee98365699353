import { Duration, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { ENV, ROUTES } from '../../lambda/open-tunnel/contract';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { allow } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { deployedWith } from '../internal/place';
import { SignedApi } from '../internal/signed-api';
import type { IncidentResponse } from '../mitigation';
import { RemoteAccessGrants } from './remote-access-grants';
import type { RemoteAccessOptions } from './remote-access-options';
import { TunnelCloser } from './tunnel-closer';

const BRAND = Symbol.for('cdk-iot-zero-trust.RemoteAccess');
/** API Gateway gives up after 30 seconds; up to 10 of them a person waits in line. */
const TIMEOUT = Duration.seconds(28);
/** More than can be opened, so that those who come too soon are told so. */
const REQUESTS_PER_SECOND = 5;
const MAX_SERVICES = 10;
/** A tunnel lives for 12 hours at most. */
const MAX_MINUTES = 720;

/** Properties for `RemoteAccess`. */
export interface RemoteAccessProps extends RemoteAccessOptions {
  /** The response whose isolated devices can be reached. */
  readonly response: IncidentResponse;
}

/**
 * Secure tunnels to isolated devices, for persons who say why.
 *
 * One address takes requests that IAM has authorized. Who asked, for what and why stands in the record of the incident, and in its
 * evidence, before the tunnel is opened. The token of the asker is in the answer and nowhere else; the device gets its own from
 * AWS IoT, on the topic `$aws/things/NAME/tunnels/notify`, which the repair channel leaves open.
 *
 * AWS IoT opens one tunnel a second for the whole account: requests stand in line for up to ten seconds, and are refused
 * beyond that. This is for a person at one device, not for a storm. Only members of the quarantine group can be reached: IAM
 * checks that with each tunnel. When the device is released or retired, its tunnels are closed, one a second.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/secure-tunneling.html
 *
 * @example
 * declare const analysts: iam.Role;
 * const fleet = new FleetGroup(this, 'Fleet', { access: [Access.shadow(), Access.jobs()] });
 * const quarantineGroup = new QuarantineGroup(this, 'Quarantine');
 * const alertTopic = new sns.CfnTopic(this, 'Alerts');
 * const response = new IncidentResponse(this, 'Response', { fleetGroups: [fleet], quarantineGroup, alertTopic });
 * const access = new RemoteAccess(this, 'Access', { response, maxLifetime: Duration.minutes(30) });
 * access.grants.openTunnel(analysts);
 */
export class RemoteAccess extends Construct {
  /** Whether a construct is a `RemoteAccess`, also one of another copy of this library. */
  public static isRemoteAccess(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** Address that signed requests are sent to; docs/runbook.md has the call. */
  public readonly url: string;
  /** Name of the function that opens tunnels. */
  public readonly functionName: string;
  /** Rights to ask for tunnels. */
  public readonly grants: RemoteAccessGrants;

  constructor(scope: Construct, id: string, props: RemoteAccessProps) {
    super(scope, id);
    checkProps(this, 'RemoteAccessProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'remediation');
    this.validate(props);
    const fn = this.createFunction(props);
    this.functionName = fn.functionName;
    const api = new SignedApi(this, {
      name: 'zero-trust-iot-tunnels',
      description: 'Opens tunnels to isolated devices',
      function: fn,
      routes: ROUTES,
      keyArn: props.response._parts.keyArn,
      requestsPerSecond: REQUESTS_PER_SECOND,
    });
    this.url = api.url;
    this.grants = RemoteAccessGrants._of(api.arnsOf(['open']));
    new TunnelCloser(this, 'Closer', props.response);
  }

  private createFunction(props: RemoteAccessProps): BundledFunction {
    const { table, encryptionKey, quarantineGroup } = props.response._parts;
    const { services = ['SSH'], maxLifetime = Duration.hours(1) } = props;
    const { partition, region, account } = Stack.of(this);
    const tunnels = allow(['iot:OpenTunnel'], [`arn:${partition}:iot:${region}:${account}:tunnel/*`], {
      'ForAnyValue:StringEquals': { 'iot:ThingGroupArn': quarantineGroup.thingGroupRef.thingGroupArn },
      'ForAllValues:StringEquals': { 'iot:TunnelDestinationService': services },
      // For all of nothing is true, too: there must be a service.
      Null: { 'iot:TunnelDestinationService': 'false' },
    });
    const fn = new BundledFunction(this, 'Function', {
      handler: 'open-tunnel',
      description: 'Opens tunnels to isolated devices for persons who ask',
      timeout: TIMEOUT,
      encryptionKey,
      statements: [tunnels, ...table.rightsWithIndex(['dynamodb:Query'], ['dynamodb:PutItem'])],
      environment: {
        [ENV.table]: table.resource.ref,
        [ENV.services]: Stack.of(this).toJsonString(services),
        [ENV.minutes]: String(maxLifetime.toMinutes()),
      },
    });
    acknowledgeWildcards(
      fn.rights,
      [tunnels],
      'A tunnel has no name before it is opened; the quarantine group bounds the devices, and the list the services.',
    );
    return fn;
  }

  private validate(props: RemoteAccessProps): void {
    const errors = new InputErrors(this);
    const code = 'RemoteAccessInvalid';
    errors.size('services', props.services, 1, MAX_SERVICES, code);
    errors.unique('services', props.services, code);
    errors.texts('services', props.services, {
      maxLength: 128,
      pattern: /^[a-zA-Z0-9:_-]+$/,
      allowed: "letters, digits, ':', '_' and '-'",
      code,
    });
    errors.time('maxLifetime', props.maxLifetime, { min: 1, max: MAX_MINUTES, unit: 'minutes', code });
    const { response } = props;
    if (deployedWith(response) !== deployedWith(this))
      errors.report(
        code,
        `'response' is in the stack ${deployedWith(response).node.path}, and the two refer to each other; put this there, too`,
      );
    errors.throwIfAny();
  }
}
