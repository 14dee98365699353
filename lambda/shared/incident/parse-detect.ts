import type { SourceEntry } from './contract';
import type { Phase, SecuritySignal } from './signal';
import {
  asList,
  asObject,
  asTime,
  invalid,
  isThingName,
  type Json,
  type Parsed,
  safeText,
  stableId,
  valid,
} from './text';

const PHASES: ReadonlyMap<unknown, Phase> = new Map([
  ['in-alarm', 'alarm'],
  ['alarm-cleared', 'cleared'],
  ['alarm-invalidated', 'invalidated'],
]);

/** What Device Defender Detect publishes for a violation. Its times are milliseconds; it names no account and no reporter. */
export function parseDetect(message: Json, source: SourceEntry): Parsed<SecuritySignal> {
  const phase = PHASES.get(message.violationEventType);
  if (phase === undefined) return invalid('detect: not an event type that is known');
  const behavior = asObject(message.behavior);
  const profile = safeText(message.securityProfileName);
  const name = safeText(behavior?.name);
  if (behavior === undefined || name === undefined || profile === undefined)
    return invalid('detect: no behavior or profile');
  if (!isThingName(message.thingName)) return invalid('detect: not a thing name');
  const violation = safeText(message.violationId);
  if (violation === undefined) return invalid('detect: no violation id');
  const time = asTime(message.violationEventTime);
  if (time === undefined) return invalid('detect: no time');
  const criteria = asObject(behavior.criteria);
  const confidence = asObject(criteria?.mlDetectionConfig)?.confidenceLevel;
  const learned = confidence !== undefined || asObject(criteria?.statisticalThreshold) !== undefined;
  return valid({
    source: 'detect',
    id: stableId(message.violationId, message.violationEventType),
    time,
    subject: { kind: 'thing', name: message.thingName },
    phase,
    kind: learned ? 'anomaly' : 'behavior',
    severity: severityOf(name, confidence, source),
    about: `${profile}/${name}`,
    evidence: evidenceOf(behavior, message),
  });
}

/** Detect states no severity; of a learned behavior the confidence says how rarely it errs. */
function severityOf(name: string, confidence: unknown, source: SourceEntry): SecuritySignal['severity'] {
  const stated = Object.entries(source.severities ?? {}).find(([behavior]) => behavior === name);
  if (stated !== undefined) return stated[1];
  if (confidence === 'LOW' || confidence === 'MEDIUM' || confidence === 'HIGH') return confidence;
  return source.severity ?? 'HIGH';
}

function evidenceOf(behavior: Json, message: Json): SecuritySignal['evidence'] {
  const metric = safeText(behavior.metric);
  const value = valueOf(asObject(message.metricValue));
  const verification = safeText(message.verificationState, 32);
  return {
    ...(metric === undefined ? {} : { metric }),
    ...(value === undefined ? {} : { value }),
    ...(verification === undefined ? {} : { verification }),
    ...(isViolationId(message.violationId) ? { violation: message.violationId } : {}),
  };
}

/** A number, or what was listed: addresses, ports, texts. */
function valueOf(given: Json | undefined): string | number | undefined {
  const number = [given?.count, given?.number].find((item) => typeof item === 'number' && Number.isFinite(item));
  if (number !== undefined) return number as number;
  const list = [given?.cidrs, given?.ports, given?.numbers, given?.strings].flatMap(asList);
  return safeText(list.filter((item) => typeof item === 'string' || typeof item === 'number').join(', '));
}

/** What the service can be told a verdict on. */
export function isViolationId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9-]{1,128}$/.test(value);
}
