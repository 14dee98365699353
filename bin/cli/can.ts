import { type Action, type Answer, CannotTell, explain, type Question } from '../../lib/compliance/explain';
import { Model } from '../../lib/compliance/model/model';
import { printable } from '../../lib/compliance/report/printable';
import { readArguments } from './arguments';
import { Exit, type Terminal, UsageError } from './exit';
import { readPaths } from './read-paths';

const ACTIONS: readonly Action[] = ['connect', 'publish', 'retain', 'subscribe', 'receive'];
const VERBS: { readonly [action in Action]: string } = {
  connect: 'connect',
  publish: 'publish to',
  retain: 'leave a retained message on',
  subscribe: 'subscribe to',
  receive: 'receive from',
};

export const CAN_USAGE = `zero-trust-iot can WHO ACTION [TOPIC] --assembly DIR [--quarantined] [--client-id ID] [--group NAME] [--json]

WHO is a thing name; ACTION is ${ACTIONS.join(', ')}. Says yes or no, and the statement that decides. Exit code: 0 yes,
1 no, 2 it cannot be told, and why.`;

const OPTIONS = {
  assembly: {},
  quarantined: { flag: true },
  'client-id': {},
  group: {},
  json: { flag: true },
};

/** @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** Answers what a device may do by the policies of an assembly. */
export function runCan(argv: readonly string[], terminal: Terminal): Exit {
  const args = readArguments(argv, OPTIONS);
  const question = questionOf(args.operands, args);
  const assembly = args.text('assembly');
  if (assembly === undefined) throw new UsageError('--assembly must name the folder of an assembly, or a template');
  const { files, failures } = readPaths([assembly]);
  const [failure] = failures;
  if (failure !== undefined) throw new Error(`${failure.path} ${failure.message}`);
  const answer = ask(new Model(files), question);
  terminal.out(
    args.has('json') ? `${JSON.stringify({ ...question, ...answer }, null, 2)}\n` : inWords(question, answer),
  );
  return answer.allowed ? Exit.OK : Exit.NO;
}

function ask(model: Model, question: Question): Answer {
  try {
    return explain(model, question);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    throw new Error(`it cannot be told: ${error.message}`, { cause: error });
  }
}

function questionOf(
  operands: readonly string[],
  args: { text(name: string): string | undefined; has(name: string): boolean },
): Question {
  const [thing, action, topic, ...rest] = operands;
  const known = ACTIONS.find((each) => each === action);
  if (thing === undefined || thing === '' || rest.length > 0) throw new UsageError('say WHO ACTION TOPIC');
  if (!THING_NAME.test(thing))
    throw new UsageError(`WHO must be a thing name: at most 128 letters, digits, ':', '_' and '-', got '${thing}'`);
  if (known === undefined) throw new UsageError(`ACTION must be one of ${ACTIONS.join(', ')}, got '${action ?? ''}'`);
  if ((topic === undefined || topic === '') !== (known === 'connect'))
    throw new UsageError(known === 'connect' ? 'connect takes no topic' : `${known} needs a topic`);
  if (known !== 'subscribe' && topic?.split('/').some((level) => level === '+' || level === '#') === true)
    throw new UsageError(`${known} is of one topic: + and # are of filters, got '${topic}'`);
  return {
    thing,
    action: known,
    topic,
    quarantined: args.has('quarantined'),
    clientId: args.text('client-id'),
    group: args.text('group'),
  };
}

function inWords(question: Question, answer: Answer): string {
  const { thing, action, topic, clientId, quarantined } = question;
  const who = `${thing}${clientId === undefined ? '' : ` under client id ${clientId}`}${quarantined ? ', isolated,' : ''}`;
  const what = `${VERBS[action]}${topic === undefined ? '' : ` ${topic}`}`;
  const lines = [
    `${answer.allowed ? 'yes' : 'no'}: ${who} ${answer.allowed ? 'can' : 'cannot'} ${what}`,
    ...answer.because.map((each) => `  because of ${each}`),
    ...answer.missing.map((each) => `  ${each}`),
    ...answer.assumptions.map((each) => `  assumed: ${each}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
