import type * as yaml from './parse-yaml';
import type { Parser } from '../../lib/compliance/source/assembly';
import { linesOf } from '../../lib/compliance/source/lines';
import { repeatedKey } from '../../lib/compliance/source/repeated-key';

export const TEMPLATE_EXTENSIONS = ['.json', '.yaml', '.yml', '.template'];

/** Parses a template in JSON or YAML, with CloudFormation's short forms. The YAML library is loaded only when it is needed. */
export const parseTemplate: Parser = (written, path) => {
  // Editors of Windows put a mark before the text, which is none of JSON.
  const text = written.replace(/^\uFEFF/, '');
  const isJson = path.toLowerCase().endsWith('.json') || text.trimStart().startsWith('{');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most templates are JSON: they need not wait for the YAML library
  if (!isJson) return (require('./parse-yaml') as typeof yaml).parseYaml(text, path);
  const body = JSON.parse(text) as unknown;
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new Error(`'${repeated}' stands twice in one object: which one counts is not known`);
  return { body, lines: linesOf(text, body) };
};
