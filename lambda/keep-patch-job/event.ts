import { MAX_PREFIX, type PatchJobSettings } from './contract';

export interface PatchJob {
  readonly prefix: string;
  readonly groupArn: string;
  readonly settings: PatchJobSettings;
  /** The settings as they came: what a version is known by. */
  readonly text: string;
}

export type Parsed = { readonly ok: true; readonly value: PatchJob } | { readonly ok: false; readonly reason: string };

const PREFIX = /^[a-zA-Z0-9_-]+$/;
const GROUP_ARN = /^arn:[a-z-]+:iot:[a-z0-9-]+:[0-9]{12}:thinggroup\/[a-zA-Z0-9:_-]{1,128}$/;

/** Reads the properties as CloudFormation hands them over. */
export function parsePatchJob(raw: unknown): Parsed {
  const { Prefix: prefix, ThingGroupArn: groupArn, Job: text } = record(raw);
  if (typeof prefix !== 'string' || !PREFIX.test(prefix) || prefix.length > MAX_PREFIX)
    return refused(`Prefix is not the beginning of a job id of at most ${MAX_PREFIX} characters`);
  if (typeof groupArn !== 'string' || !GROUP_ARN.test(groupArn))
    return refused('ThingGroupArn is not the ARN of a thing group');
  const settings = typeof text === 'string' ? settingsIn(text) : undefined;
  if (typeof text !== 'string' || settings === undefined) return refused('Job is not JSON with a document');
  return { ok: true, value: { prefix, groupArn, settings, text } };
}

function settingsIn(text: string): PatchJobSettings | undefined {
  try {
    const settings = record(JSON.parse(text));
    return typeof settings.document === 'string' ? (settings as unknown as PatchJobSettings) : undefined;
  } catch {
    return undefined;
  }
}

function refused(reason: string): Parsed {
  return { ok: false, reason };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
