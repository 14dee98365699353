import type { Access } from './access';
import { IotEffect, type IotStatement } from './statement';

/** Variables with another value for each device; thing types, attributes and most of a certificate's names are those of many. */
const OWN =
  /\$\{iot:(?:Connection\.Thing\.ThingName|ClientId|CertificateId|Certificate\.(?:Subject\.)?(?:SerialNumber|CommonName|AlternativeName))/;

/** What reaches a rule without the broker: the rule knows the client. */
const BASIC_INGEST = '$aws/rules/';

/** The topic of a resource, with the prefix of an ARN or without. */
const TOPIC = /^(?:arn:.*?:)?topic\/(.+)$/s;

/** Topics of accesses on which any device can act for the others, or hear them. */
export interface SharedTopics {
  /** Where each device can publish what another one would. */
  readonly published: string[];
  /** Where each device receives what is meant for another one: topics with wildcards. A topic for all is none. */
  readonly received: string[];
}

/** The topics of accesses that name no device. Statements with conditions are left out: these may name it. */
export function sharedTopics(accesses: readonly Access[]): SharedTopics {
  const statements = accesses
    .flatMap(({ statements }) => statements)
    .filter(({ effect, conditions }) => effect === IotEffect.ALLOW && Object.keys(conditions).length === 0);
  const published = topicsOf(statements, ['iot:Publish', 'iot:RetainPublish']);
  const received = topicsOf(statements, ['iot:Receive']).filter((topic) => topic.includes('*'));
  return { published, received };
}

function topicsOf(statements: readonly IotStatement[], wanted: readonly string[]): string[] {
  const topics = statements
    .filter(({ actions }) => wanted.some((action) => actions.some((name) => covers(name, action))))
    .flatMap(({ resources }) => resources)
    .map((resource) => topicOf(resource))
    .filter((topic) => topic !== '' && !OWN.test(topic) && !topic.startsWith(BASIC_INGEST));
  return [...new Set(topics)];
}

function topicOf(resource: string): string {
  return resource === '*' ? resource : (TOPIC.exec(resource)?.[1] ?? '');
}

function covers(name: string, action: string): boolean {
  return name.endsWith('*') ? action.startsWith(name.slice(0, -1)) : name === action;
}
