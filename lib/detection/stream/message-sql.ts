import type { TopicSelection } from '../../../lambda/evaluate-behaviors/contract';

const CLIENT_ID = '${iot:ClientId}';
/** Ends a text of AWS IoT SQL, or may escape in it. */
const UNQUOTABLE = /['"\\]/;
/** What stands for itself in a regular expression, or in a class of one. */
const PLAIN = /^[A-Za-z0-9 _.:@=$,;!&%~/+#-]*$/;
/** What HTTP clients and AWS services have for a client id. */
const NOT_A_CLIENT = ['n/a', 'N/A'];

/** One rule: the messages on one filter, for one selection. */
export interface MessageRule {
  readonly selection: string;
  readonly from: string;
  readonly conditions: readonly string[];
  readonly withBytes: boolean;
}

/** What a rule cannot say of a topic filter, in words that follow its name; undefined where it can. */
export function sqlProblem(filter: string, excluded: boolean): string | undefined {
  if (UNQUOTABLE.test(filter)) return "must not contain quotes and '\\' with the stream engine";
  if (excluded && !PLAIN.test(filter.replaceAll(CLIENT_ID, '')))
    return 'may contain only letters, digits, blanks and _.:@=$,;!&%~-/ with the stream engine';
  return undefined;
}

/** The rules that see the messages of a selection: one for each filter, or for all but some topics one in all. */
export function messageRules(selection: TopicSelection, withBytes: boolean): MessageRule[] {
  const { id, filters, excluded } = selection;
  if (!excluded)
    return filters.map((filter) => ({
      selection: id,
      from: levelsOf(filter)
        .map((level) => (level.includes(CLIENT_ID) ? '+' : level))
        .join('/'),
      conditions: ownLevels(filter),
      withBytes,
    }));
  const exceptions = filters.map((filter) => `(${[matches(filter), ...ownLevels(filter)].join(' AND ')})`);
  return [{ selection: id, from: '#', conditions: [`NOT (${exceptions.join(' OR ')})`], withBytes }];
}

/**
 * The statement of a rule. It takes from a message no more than its size: what a device writes cannot pass for what the rule
 * knows.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
 */
export function messageSql({ selection, from, conditions, withBytes }: MessageRule): string {
  const fields = [
    '1 AS v',
    "'message' AS source",
    `'${selection}' AS on`,
    'clientid() AS clientId',
    'traceid() AS id',
    'timestamp() AS at',
    ...(withBytes ? [`${BYTES} AS bytes`] : []),
  ];
  const clients = NOT_A_CLIENT.map((id) => `clientid() <> '${id}'`);
  return `SELECT ${fields.join(', ')} FROM '${from}' WHERE ${[...clients, ...conditions].join(' AND ')}`;
}

/** There is no function for the size of a payload: 4 characters of Base64 without padding are 3 bytes. */
const BYTES = "floor(length(regexp_replace(encode(*, 'base64'), '=', '')) * 3 / 4)";

/** Conditions that levels with the client id are those of the client itself. */
function ownLevels(filter: string): string[] {
  return levelsOf(filter).flatMap((level, index) =>
    level.includes(CLIENT_ID) ? [`topic(${index + 1}) = ${withClientId(level)}`] : [],
  );
}

function withClientId(level: string): string {
  const parts = level
    .split(CLIENT_ID)
    .flatMap((text, index) => [...(index === 0 ? [] : ['clientid()']), ...(text === '' ? [] : [`'${text}'`])]);
  return parts.length === 1 ? `${parts[0]}` : `concat(${parts.join(', ')})`;
}

function matches(filter: string): string {
  const pattern = levelsOf(filter).map((level) => {
    if (level === '#') return '.*';
    return level === '+' || level.includes(CLIENT_ID) ? '[^/]*' : literal(level);
  });
  return `regexp_matches(topic(), '^${pattern.join('/')}$')`;
}

/** Classes of one character, since a backslash is one thing in a text of SQL and another in a regular expression. */
function literal(level: string): string {
  return level.replaceAll(/[.$+]/g, (character) => `[${character}]`);
}

function levelsOf(filter: string): string[] {
  return filter.split('/');
}
