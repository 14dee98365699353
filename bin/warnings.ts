import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { inWordsOfFile } from './to-access';

/** A warning of this library as `Validations` renders it: its text, and the id by which it is acknowledged. */
const OURS = /^(.*?)\s*\[ack: (?:\w+::)?(zero-trust-iot:\w+)\]$/s;

/** What the library warns of in an assembly, a line each: the synth of the CDK's command says it, `npm start` would not. */
export function warningsOf(assembly: CloudAssembly): string[] {
  return assembly.stacks
    .flatMap(({ messages }) => messages)
    .filter(({ level }) => String(level) === 'warning')
    .flatMap(({ id, entry }) => {
      const [, text, warning] = OURS.exec(String(entry.data)) ?? [];
      return warning === undefined ? [] : [`${warning} at ${id.replace(/^\//, '')}: ${inWordsOfFile(String(text))}`];
    });
}
