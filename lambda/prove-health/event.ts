import { EVENT } from '../record-incident/contract';
import { isCount, isSubject } from '../shared/incident/parse-message';
import {
  asObject,
  asTime,
  invalid,
  isCertificateId,
  isThingName,
  type Json,
  objectIn,
  type Parsed,
  valid,
} from '../shared/incident/text';
import { REMINDER } from './contract';

/**
 * What calls for a look at a device. All of it is a hint only: what counts is read from the record and from AWS IoT, so it does
 * not matter how often, or in which order, it comes.
 */
export type ProofMessage =
  /** An incident changed its state, or a job its execution on a device. */
  | { readonly kind: 'look'; readonly subject: string }
  | { readonly kind: 'remind'; readonly subject: string; readonly watch: number; readonly due: number }
  /** A job came to its end, on all devices. */
  | { readonly kind: 'stopped'; readonly jobId: string }
  | { readonly kind: 'nothing' };

export function parseProof(body: string): Parsed<ProofMessage> {
  const message = objectIn(body);
  if (message === undefined) return invalid('proof: not a JSON object');
  if (message.schema === REMINDER) return parseReminder(message);
  if (message.eventType === 'JOB_EXECUTION') return parseExecution(message);
  if (message.eventType === 'JOB') return parseJob(message);
  if (message['detail-type'] === EVENT.detailType && message.source === EVENT.source)
    return parseIncident(asObject(message.detail));
  return invalid('proof: not a schema that is known');
}

function parseReminder({ subject, watch, due }: Json): Parsed<ProofMessage> {
  const time = asTime(due);
  if (!isSubject(subject) || (watch !== 0 && !isCount(watch)) || time === undefined)
    return invalid('reminder: not of an incident');
  return valid({ kind: 'remind', subject, watch, due: time });
}

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html */
function parseExecution({ thingArn }: Json): Parsed<ProofMessage> {
  const name = typeof thingArn === 'string' ? thingArn.split(':thing/')[1] : undefined;
  return isThingName(name) ? valid({ kind: 'look', subject: name }) : invalid('job execution: not of a thing');
}

function parseJob({ jobId, operation }: Json): Parsed<ProofMessage> {
  if (operation !== 'canceled') return valid({ kind: 'nothing' });
  return typeof jobId === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(jobId)
    ? valid({ kind: 'stopped', jobId })
    : invalid('job: not an id');
}

function parseIncident(detail: Json | undefined): Parsed<ProofMessage> {
  if (isThingName(detail?.thingName)) return valid({ kind: 'look', subject: detail.thingName });
  // Nothing can be repaired, or proved, of an identity that is on no device.
  return isCertificateId(detail?.certificateId) ? valid({ kind: 'nothing' }) : invalid('incident: not of a device');
}
