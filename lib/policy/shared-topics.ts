import type { Access } from './access';
import { covers } from './cover';
import { afterPrefix, wildcards } from './evaluator/glob';
import { IotEffect, type IotStatement } from './statement';
import { TOKENS } from './tokens';

/** Variables with another value for each device; thing types, attributes and most of a certificate's names are those of many. */
const OWN =
  /\$\{iot:(?:Connection\.Thing\.ThingName|ClientId|CertificateId|Certificate\.(?:Subject\.)?(?:SerialNumber|CommonName|AlternativeName))/;

/** What reaches a rule without the broker: the rule knows the client. */
const BASIC_INGEST = '$aws/rules/';

/** The topic of a resource, with the prefix of an ARN or without. */
const TOPIC = /^(?:arn:.*?:)?topic\/(.+)$/s;

/** Variables and escapes of a pattern, in which `*` and `?` are no wildcards. */
const REFERENCES = /\$\{[^}]*\}|\$\([*?$]\)/g;

/** Parts of an ARN before the type and name of the resource. */
const PARTS_BEFORE = 5;

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
  const publishing = covering(statements, ['iot:Publish', 'iot:RetainPublish']);
  const receiving = covering(statements, ['iot:Receive']);
  const received = topicsOf(receiving).filter((topic) => /[*?]/.test(plain(topic)));
  return {
    published: unique([...topicsOf(publishing), ...exceptions(publishing)]),
    received: unique([...received, ...exceptions(receiving)]),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function covering(statements: readonly IotStatement[], wanted: readonly string[]): IotStatement[] {
  return statements.filter(({ actions }) => wanted.some((action) => actions.some((name) => includes(name, action))));
}

function topicsOf(statements: readonly IotStatement[]): string[] {
  return statements
    .flatMap(({ resources }) => resources)
    .map(topicOf)
    .filter((topic) => topic !== '' && !OWN.test(topic) && !topic.startsWith(BASIC_INGEST));
}

/** The topic, or the whole resource where a wildcard takes in the type of topics as well; empty where it reaches none. */
function topicOf(resource: string): string {
  const topic = TOPIC.exec(resource)?.[1];
  if (topic !== undefined) return topic;
  const name = wildcards(nameIn(resource));
  return afterPrefix(name, 'topic/').length > 0 ? resource : '';
}

/** An allow of all but something reaches each topic that it does not spare, also where it spares the device's own. */
function exceptions(statements: readonly IotStatement[]): string[] {
  return statements
    .map(({ notResources }) => notResources)
    .filter((spared) => spared.length > 0 && !spared.some((resource) => covers(nameIn(resource), 'topic/*')))
    .map((spared) => `all but ${spared.join(', ')}`);
}

/** What stands behind the account of an ARN; from its first `*` on where that stands for several parts. */
function nameIn(resource: string): string {
  const text = plain(resource);
  if (!text.startsWith('arn:')) return text;
  const parts = text.split(':');
  return parts.length > PARTS_BEFORE ? parts.slice(PARTS_BEFORE).join(':') : text.slice(text.indexOf('*'));
}

/** The pattern with a letter for each variable, escape and value that CloudFormation fills in. */
function plain(resource: string): string {
  return resource.replace(TOKENS, 'x').replace(REFERENCES, 'x');
}

function includes(name: string, action: string): boolean {
  return name.endsWith('*') ? action.startsWith(name.slice(0, -1)) : name === action;
}
