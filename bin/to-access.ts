import { Access, Topic } from '../lib/policy';
import { ConfigurationError } from '../lib/internal/configuration-error';
import type { AccessEntry, FleetFile } from './fleet-file';

/** The access list of fleet.json in the library's terms; what the library refuses is reported at its line. */
export function toAccess(file: FleetFile): Access[] {
  return file.description.access.flatMap((entry, index) => {
    const [kind] = Object.keys(entry);
    try {
      return [toOne(entry)];
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      file.report(['access', index, String(kind)], `is refused: ${inWordsOfFile(error.message)}`);
      return [];
    }
  });
}

/** How the library names what a fleet file writes otherwise. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bTopic\.THING\b/g, '${thing}'],
  [/\bTopic\.ANY\b/g, "'+'"],
  [/\bTopic\.REST\b/g, "'#'"],
  [/\bnamed\(\)/g, "'name'"],
  [/\bAccess\.(\w+)/g, "'$1'"],
  [/\bDetection\.stream\(\{ dryRun: false \}\)/g, '"stream": { "mode": "live" }'],
  [/\bDetection\.stream\(\)/g, '"detect": "stream"'],
  [/\bDetection\.deviceDefender\(\)/g, '"detect": "device-defender"'],
];

/** What the library says, in the words of the file. */
export function inWordsOfFile(message: string): string {
  return WORDS.reduce((text, [ours, theirs]) => text.replace(ours, theirs), message);
}

function toOne(entry: AccessEntry): Access {
  if (entry.publish !== undefined) return Access.publish(Topic.parse(entry.publish));
  if (entry.publishBelow !== undefined) return Access.publishBelow(Topic.parse(entry.publishBelow));
  if (entry.retain !== undefined) return Access.retain(Topic.parse(entry.retain));
  if (entry.subscribe !== undefined) return Access.subscribe(Topic.parse(entry.subscribe));
  if (entry.lastWill !== undefined) return Access.lastWill(Topic.parse(entry.lastWill));
  if (entry.namedShadow !== undefined) return Access.shadow(entry.namedShadow);
  if (entry.stream !== undefined) return Access.stream(entry.stream);
  if (entry.shadow === true) return Access.shadow();
  if (entry.jobs === true) return Access.jobs();
  if (entry.commands === true) return Access.commands();
  if (entry.tunnelNotifications === true) return Access.tunnelNotifications();
  return Access.defenderMetrics();
}
