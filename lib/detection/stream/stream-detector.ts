import { Names } from 'aws-cdk-lib';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { checkAlertDestination } from '../../internal/alert-destination';
import { markCapability } from '../../internal/capability';
import { DataKey } from '../../internal/data-key';
import { WARNINGS } from '../../internal/diagnostics';
import { InputErrors } from '../../internal/input-errors';
import { SecureQueue } from '../../internal/secure-queue';
import { SecureTopic } from '../../internal/secure-topic';
import { warn } from '../../internal/warn';
import type { BehaviorSpec } from '../behavior-spec';
import { checkBehaviors } from '../checked-behaviors';
import type { WatchOptions } from '../detection-engine';
import { Detector } from '../detector';
import { checkEngineOptions } from '../engine-options';
import { compile, sourcesOf } from './compile';
import { EventStream } from './event-stream';
import { LogSource, needsInfoLines, needsLog } from './log-source';
import { StateTable } from './state-table';
import { StreamAlarms } from './stream-alarms';
import { checkStreamBehaviors } from './stream-checks';
import type { StreamOptions } from './stream-options';
import { checkOptions, logsOf, settingsOf, type StreamSettings } from './stream-settings';
import { readsEveryTopic, StreamRules } from './stream-rules';
import { WindowFunction } from './window-function';

/** The name stands in signals, before that of the behavior. */
const MAX_NAME = 60;

/** Behaviors of some devices, watched by managed services alone: rules and logs, a stream, a function, a table. */
export class StreamDetector extends Detector {
  public readonly engineName = 'stream';
  public readonly alertTopic: ITopicRef;
  public readonly behaviors: BehaviorSpec[];

  constructor(scope: Construct, id: string, options: WatchOptions, engine: StreamOptions) {
    super(scope, id);
    markCapability(this, 'detection');
    this.behaviors = this.check(options, engine);
    this.alertTopic = this.alertTopicOf(options, engine);
    this.create(options, settingsOf(engine));
  }

  private create(options: WatchOptions, settings: StreamSettings): void {
    const { encryptionKey, dryRun, learnedDryRunSeconds, reports } = settings;
    const { behaviors, alertTopic } = this;
    const { target, alertTopicKey } = options;
    const detector = Names.uniqueResourceName(this, { maxLength: MAX_NAME, separator: '-' });
    const document = compile(behaviors, { detector, dryRun, learnedDryRunSeconds, target });
    const keyArn = DataKey.arnFor(this, encryptionKey);
    const { retentionHours, shardCount } = settings;
    const stream = new EventStream(this, 'Stream', { keyArn, retentionHours, shardCount });
    const failures = new SecureQueue(this, 'Failures', { encryptionKey });
    const sources = sourcesOf(behaviors);
    new StreamRules(this, 'Rules', { stream, failures, document, sources, reports });
    const logs = this.createLogSource(settings, { stream, failures, detector });
    const table = new StateTable(this, 'State', keyArn);
    const thingGroups = [target, ...target._isolated].flatMap(({ _thingGroup }) => _thingGroup ?? []);
    const windows = new WindowFunction(this, 'Windows', {
      ...{ stream, table, failures, document, thingGroups, alertTopic, alertTopicKey, encryptionKey },
    });
    new StreamAlarms(this, 'Alarms', {
      detector,
      functionName: windows.function.functionName,
      forwarder: logs && { functionName: logs.function.functionName, detector: logs.detector },
      failuresName: failures.queueName,
      alarmTopic: options.alarmTopic ?? alertTopic,
      alarmTopicKey: options.alarmTopic === undefined ? alertTopicKey : options.alarmTopicKey,
    });
    this.warnOfRisks(dryRun, readsEveryTopic(document));
  }

  private createLogSource(
    { logs, encryptionKey }: StreamSettings,
    props: { readonly stream: EventStream; readonly failures: SecureQueue; readonly detector: string },
  ): LogSource | undefined {
    const { behaviors } = this;
    if (!behaviors.some(needsLog)) return undefined;
    const logGroup = logs._bind(this);
    return logGroup && LogSource.for(this, 'Logs', { ...props, logGroup, behaviors, encryptionKey });
  }

  private alertTopicOf({ alertTopic }: WatchOptions, { encryptionKey }: StreamOptions): ITopicRef {
    if (alertTopic !== undefined) return alertTopic;
    const topic = new SecureTopic(this, 'Alerts', { displayName: 'IoT security alerts', encryptionKey });
    topic.allowService('Alarms', 'cloudwatch.amazonaws.com');
    return topic;
  }

  private check(options: WatchOptions, engine: StreamOptions): BehaviorSpec[] {
    const errors = new InputErrors(this);
    if (options.behaviors.length === 0) errors.report('DetectionEmpty', "'behaviors' is empty; state what is normal");
    const checked = checkBehaviors(options.behaviors, this.engineName, errors);
    checkEngineOptions('stream', engine, errors);
    checkOptions(engine, errors);
    checkStreamBehaviors(checked, logsOf(engine), errors);
    const target = options.target._problem(this);
    if (target !== undefined) errors.report('DetectionTargetInvalid', `'target' ${target}`);
    checkAlertDestination(options, errors, { ownKey: engine.encryptionKey });
    checkAlertDestination({ alertTopic: options.alarmTopic, alertTopicKey: options.alarmTopicKey }, errors, {
      names: { topic: 'alarmTopic', key: 'alarmTopicKey' },
      alarmsOnly: true,
    });
    errors.throwIfAny();
    return checked.map(({ spec }) => spec);
  }

  private warnOfRisks(dryRun: boolean, everyTopic: boolean): void {
    if (dryRun) warn(this, 'DetectionDryRun', WARNINGS.DetectionDryRun);
    if (everyTopic) warn(this, 'MessagesOnEveryTopic', WARNINGS.MessagesOnEveryTopic);
    if (this.behaviors.some(needsInfoLines)) warn(this, 'LogLevelInfoNeeded', WARNINGS.LogLevelInfoNeeded);
  }
}
