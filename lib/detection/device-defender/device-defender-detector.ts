import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { markCapability } from '../../internal/capability';
import { InputErrors } from '../../internal/input-errors';
import { Behavior } from '../behavior';
import type { BehaviorSpec } from '../behavior-spec';
import { checkBehaviors, type CheckedBehavior, checkRetainedMetrics } from '../checked-behaviors';
import type { DeviceDefenderOptions } from '../detection';
import type { WatchOptions } from '../detection-engine';
import { Detector } from '../detector';
import { checkEngineOptions } from '../engine-options';
import type { RetainedMetric } from '../retained-metric';
import { checkAlertDestination } from '../../internal/alert-destination';
import { alertTopicOf } from './alert-topic';
import { warnOfClosure } from './closure-warning';
import { checkExport, checkTargets, checkTopics } from './profile-checks';
import { split } from './profile-limits';
import { SecurityProfile } from './security-profile';

/** One security profile to be. */
interface Part {
  readonly id: string;
  readonly description: string;
  readonly behaviors: CheckedBehavior[];
  readonly retained: RetainedMetric[];
}

/** Security profiles that together watch the behaviors of some devices: stated and learned ones apart, as many as limits need. */
export class DeviceDefenderDetector extends Detector {
  public readonly engineName = 'device-defender';
  public readonly alertTopic: ITopicRef;
  public readonly behaviors: BehaviorSpec[];
  public readonly profiles: SecurityProfile[];

  constructor(scope: Construct, id: string, options: WatchOptions, engine: DeviceDefenderOptions) {
    super(scope, id);
    markCapability(this, 'detection');
    const { checked, parts } = this.check(options, engine);
    warnOfClosure(this);
    this.behaviors = checked.map(({ spec }) => spec);
    this.alertTopic = alertTopicOf(this, options);
    this.profiles = parts.map((part) => this.createProfile(part, options, engine));
  }

  private createProfile(part: Part, options: WatchOptions, engine: DeviceDefenderOptions): SecurityProfile {
    const exported =
      part.behaviors.some(({ spec }) => spec.exported) || part.retained.some((metric) => metric._exported);
    return new SecurityProfile(this, part.id, {
      targets: [options.target, ...options.target._isolated],
      description: part.description,
      behaviors: part.behaviors.map(({ draft, spec }) => Behavior._of({ ...draft, name: spec.name })),
      retainedMetrics: part.retained.length === 0 ? undefined : part.retained,
      alertTopic: this.alertTopic,
      alertTopicKey: options.alertTopicKey,
      metricsExport: exported ? engine.metricsExport : undefined,
    });
  }

  private check(options: WatchOptions, engine: DeviceDefenderOptions): { checked: CheckedBehavior[]; parts: Part[] } {
    const errors = new InputErrors(this);
    const retained = engine.retainedMetrics ?? [];
    checkEngineOptions('deviceDefender', engine, errors);
    if (options.behaviors.length === 0) errors.report('DetectionEmpty', "'behaviors' is empty; state what is normal");
    const checked = checkBehaviors(options.behaviors, this.engineName, errors);
    checked.forEach(({ draft }, index) => checkTopics(this, `behaviors[${index}]`, draft.scope, errors));
    checkRetainedMetrics(retained, errors);
    retained.forEach((metric, index) => checkTopics(this, `retainedMetrics[${index}]`, metric._scope, errors));
    const parts = partsOf(checked, retained);
    const targets = [options.target, ...options.target._isolated];
    checkTargets(this, targets, parts.length, ['target', 'quarantineGroup'], errors);
    checkExport(engine.metricsExport, checked, retained, errors);
    checkAlertDestination(options, errors, { keyEncryptsOwn: true });
    errors.throwIfAny();
    return { checked, parts };
  }
}

/** Retained metrics go to the first profile of rules; there is one for them if there are no rules. */
function partsOf(behaviors: readonly CheckedBehavior[], retained: RetainedMetric[]): Part[] {
  const rules = split(behaviors.filter(({ spec }) => spec.confidence === undefined));
  const learned = split(behaviors.filter(({ spec }) => spec.confidence !== undefined));
  if (rules.length === 0 && retained.length > 0) rules.push([]);
  return [
    ...rules.map((part, index) => ({
      id: numbered('Rules', index),
      description: 'Rules: what is normal, as it was stated',
      behaviors: part,
      retained: index === 0 ? retained : [],
    })),
    ...learned.map((part, index) => ({
      id: numbered('Learned', index),
      description: 'Learned: what is normal, as devices behaved before',
      behaviors: part,
      retained: [],
    })),
  ];
}

function numbered(id: string, index: number): string {
  return index === 0 ? id : `${id}${index + 1}`;
}
