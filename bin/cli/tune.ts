import { statSync } from 'node:fs';
import { Model } from '../../lib/compliance/model/model';
import { readArguments } from './arguments';
import { Exit, type Terminal, UsageError } from './exit';
import { readPaths } from './read-paths';
import { linesOf } from './tune/lines';
import { observe } from './tune/observe';
import { propose } from './tune/propose';
import { Series } from './tune/series';
import { UsedTopics, unusedTopics } from './tune/topics';
import { watchedIn } from './tune/watched';
import { inWords, type TuneResult } from './tune/words';

export const TUNE_USAGE = `zero-trust-iot tune LOGS... --assembly DIR [--json]

LOGS are files, folders or - (standard input), packed with gzip or not, one JSON object a line: entries of the AWS IoT log as
CloudWatch Logs exports them, batches of the metrics export of Device Defender, records of the stream of a detector, or windows
such as {"thing":"pump-7","metric":"messages-sent","time":1764000000000,"value":12}. Says for each behavior of the assembly how
many alarms it would have raised, and other bounds would, and a learned normal at each confidence; and which topics a policy
allows that no device ever used. What is in the logs is taken to be normal: leave out what was not. Exit code: 0 the behaviors
fit and nothing is unused, 1 there is something to change, 2 it could not be told.`;

const OPTIONS = { assembly: {}, json: { flag: true } };

/** Compares the behaviors and policies of an assembly with what devices did. */
export function runTune(argv: readonly string[], terminal: Terminal): Exit {
  const args = readArguments(argv, OPTIONS);
  const assembly = args.text('assembly');
  if (args.operands.length === 0) throw new UsageError('name at least one file or folder of logs, or -');
  if (assembly === undefined) throw new UsageError('--assembly must name the folder of an assembly, or a template');
  const { files, failures } = readPaths([assembly]);
  const [failure] = failures;
  if (failure !== undefined) throw new Error(`${failure.path} ${failure.message}`);
  const model = new Model(files);
  const watched = watchedIn(model, statSync(assembly).isDirectory() ? assembly : '.');
  const series = new Series(watched);
  const used = new UsedTopics();
  const { lines, unreadable } = read(args.operands, (observation) => {
    series.add(observation);
    used.add(observation);
  });
  if (lines === 0) throw new Error('the logs are empty: they have no line');
  if (lines === unreadable)
    throw new Error(
      "no line of the logs is of a form that is known: they have one JSON object a line (zero-trust-iot tune --help says which); of what the AWS CLI prints, jq -c '.events[]' makes such lines",
    );
  const result: TuneResult = {
    lines,
    unreadable,
    behaviors: watched.map((behavior) => propose(behavior, series)),
    topicsKnown: used.knows('publish') || used.knows('subscribe') || used.knows('receive'),
    unusedTopics: unusedTopics(model, used),
  };
  terminal.out(args.has('json') ? `${JSON.stringify(result, null, 2)}\n` : inWords(result));
  const changes = result.behaviors.some(({ verdict }) => verdict === 'too-tight' || verdict === 'too-loose');
  return changes || result.unusedTopics.length > 0 ? Exit.NO : Exit.OK;
}

function read(
  paths: readonly string[],
  take: (observation: NonNullable<ReturnType<typeof observe>>[number]) => void,
): { readonly lines: number; readonly unreadable: number } {
  let lines = 0;
  let unreadable = 0;
  for (const line of linesOf(paths)) {
    if (line.trim() === '') continue;
    lines += 1;
    const observations = observe(line);
    if (observations === undefined) unreadable += 1;
    else observations.forEach(take);
  }
  return { lines, unreadable };
}
