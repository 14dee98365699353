import type { AssetFile } from '../assembly/load';
import { RehearsalClock } from '../core/clock';
import { RecordedEvents } from '../core/events';
import { HashRandom } from '../core/random';
import { Authorizer } from '../iam/authorizer';
import type { Connections, OutboundMessage } from '../ports';
import { Alarms } from './cloudwatch/alarms';
import { FunctionMetrics } from './cloudwatch/function-metrics';
import { Metrics } from './cloudwatch/metrics';
import { CloudFormation } from './cloudformation';
import { DynamoDb } from './dynamodb/service';
import { EventBridge } from './eventbridge';
import { Functions } from './functions';
import { Gateway } from './gateway';
import { watchIncidents } from './incidents';
import { Account } from './iot/account';
import { iotService } from './iot/api';
import { Audits } from './iot/audit/audits';
import { Certificates } from './iot/certificates';
import { iotDataService } from './iot/data';
import { Detect } from './iot/detect/detect';
import { Watch } from './iot/detect/watch';
import { Jobs } from './iot/jobs';
import { IotLogging } from './iot/logging';
import { Policies } from './iot/policies';
import { Provisioning } from './iot/provisioning';
import { IotRegistry } from './iot/registry';
import { Shadows } from './iot/shadows';
import { Things } from './iot/things';
import { Tunnels } from './iot/tunnels';
import { HttpApis } from './http/http-apis';
import type { Operation, Place } from './operation';
import type { Cloudlike } from './parts';
import { Kinesis } from './kinesis/service';
import { Logs } from './logs/service';
import { TopicRules } from './rules/topic-rules';
import { S3 } from './s3';
import { Sns } from './sns';
import { Sqs } from './sqs';
import { Ssm } from './ssm';
import { serviceParty, type World } from './world';

export interface ServicesProps {
  readonly place: Place;
  readonly seed: string;
  readonly startAt: number;
  readonly assets: ReadonlyMap<string, AssetFile>;
  readonly connections: () => Connections | undefined;
  readonly deliver: (message: OutboundMessage) => Promise<void>;
}

export function createWorld({ place, seed, startAt }: Pick<ServicesProps, 'place' | 'seed' | 'startAt'>): World {
  const clock = new RehearsalClock(startAt);
  const events = new RecordedEvents(clock);
  const authorizer = new Authorizer(place, () => clock.now());
  return {
    place,
    clock,
    events,
    authorizer,
    random: new HashRandom(seed),
    gateway: new Gateway(authorizer, events, clock),
  };
}

/** Makes the services and wires them to each other and to the gateway. */
export function createServices(world: World, props: ServicesProps): Cloudlike {
  const { place, clock, random, gateway } = world;
  const publish = (topic: string, payload: unknown) => {
    const message = {
      topic,
      payload: Buffer.from(JSON.stringify(payload)),
      qos: 1,
      retain: false,
      from: serviceParty('iot'),
    } as const;
    clock.schedule(0, `publishes to ${topic}`, () => props.deliver(message));
  };
  const registry = new IotRegistry(place, clock, random);
  const things = new Things(registry);
  const policies = new Policies(registry);
  const certificates = new Certificates(registry, props.connections);
  const account = new Account(registry);
  const jobs = new Jobs(registry, publish, (type) => account.publishes(type));
  const shadows = new Shadows(registry, publish);
  const sqs = new Sqs(world);
  const metrics = new Metrics();
  const functions = new Functions(world, props.assets, () => sqs, props.seed, new FunctionMetrics(world, metrics));
  const sns = new Sns(world, sqs, functions);
  const events = new EventBridge(world, sqs, sns, functions);
  const alarms = new Alarms(world, metrics, sns, events);
  const ssm = new Ssm(place, () => events);
  const s3 = new S3(place, props.assets);
  const dynamodb = new DynamoDb(place);
  const cloudFormation = new CloudFormation();
  const detect = new Detect(world, registry, sns, new Watch(props.connections));
  const audits = new Audits(world, registry, account, sns);
  const iot = iotService({ registry, things, policies, certificates, account, audits, jobs, detect });
  const data = iotDataService(registry, shadows, props.connections, props.deliver);
  const logs = new Logs(world, functions);
  const kinesis = new Kinesis(world);
  const logging = new IotLogging(world, account, registry, logs, props.connections);
  const rules = new TopicRules(world, { functions, kinesis, sns, sqs, publish: props.deliver });
  const tunnels = new Tunnels(registry, publish);
  const http = new HttpApis(world, functions);
  gateway.front = (request) => http.answer(request);
  for (const { wire } of [sqs, sns, events, ssm, s3, dynamodb, logs, kinesis, tunnels, cloudFormation])
    gateway.add(wire);
  for (const wire of [iot, data]) gateway.add(wire);
  const byName = new Map(iot.operations.map((operation) => [operation.name, operation]));
  const operation = (name: string): Operation => {
    const found = byName.get(`iot:${name}`);
    if (found === undefined) throw new Error(`no operation ${name}`);
    return found;
  };
  const provisioning = new Provisioning(world, registry, certificates, functions, operation);
  return {
    world,
    registry,
    things,
    policies,
    certificates,
    account,
    audits,
    jobs,
    shadows,
    provisioning,
    cloudFormation,
    dynamodb,
    streams: new Map(),
    kinesis,
    logs,
    logging,
    rules,
    tunnels,
    http,
    sqs,
    sns,
    events,
    s3,
    ssm,
    functions,
    alarms,
    detect,
    dimensions: new Map(),
    onTable: (table) => watchIncidents(world, table),
  };
}
