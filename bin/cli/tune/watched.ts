import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../../lib/compliance/model/model';
import {
  at,
  Hole,
  isList,
  isMap,
  isUnresolved,
  listOf,
  numberOf,
  partsOf,
  textOf,
  type Value,
} from '../../../lib/compliance/model/value';
import { METRIC_IDS, METRICS } from '../../../lib/detection/metrics';
import { type Confidence, CONFIDENCES } from './fleet-learner';

/** The messages that a behavior counts. */
export interface Scope {
  /** Undefined where the template does not say which they are. */
  readonly filters?: readonly string[];
  readonly excluded: boolean;
  /** What the rules of the stream engine call them. */
  readonly selection?: string;
  /** Name of the dimension, as Device Defender exports it; undefined where it is known at deployment only. */
  readonly dimension?: string;
}

/** A behavior of an assembly, as far as it can be compared with what devices did. */
export interface Watched {
  readonly name: string;
  readonly metric: string;
  /** Undefined where the normal is learned. */
  readonly operator?: Operator;
  readonly threshold?: number;
  /** Of a learned normal. */
  readonly confidence?: Confidence;
  readonly items?: readonly string[];
  /** Of a bound that is relative to the fleet: `p0` to `p100`. */
  readonly percentile?: string;
  /** Undefined: all messages. */
  readonly scope?: Scope;
  readonly windowSeconds: number;
  readonly alarmAfter: number;
  readonly clearAfter: number;
}

export const OPERATORS = ['lessThan', 'atMost', 'greaterThan', 'atLeast', 'within', 'notWithin'] as const;
export type Operator = (typeof OPERATORS)[number];

const BASE_SECONDS = 300;
const BY_DEFENDER_NAME = new Map<string, string>(METRIC_IDS.map((id) => [METRICS[id].defenderName, id]));
const COMPARISONS: Readonly<Record<string, Operator>> = {
  'less-than': 'lessThan',
  'less-than-equals': 'atMost',
  'greater-than': 'greaterThan',
  'greater-than-equals': 'atLeast',
};

/** The behaviors of all detectors in a model, each name once: two engines may watch the same. */
export function watchedIn(model: Model, folder: string): readonly Watched[] {
  const found = [...ofFunctions(model, folder), ...ofProfiles(model)];
  const byName = new Map<string, Watched>();
  for (const watched of found) if (!byName.has(watched.name)) byName.set(watched.name, watched);
  return [...byName.values()];
}

function ofFunctions(model: Model, folder: string): Watched[] {
  return model.ofType('AWS::Lambda::Function').flatMap((resource) =>
    resource.variants.flatMap(({ value }) => {
      const text = jsonOf(at(value, 'Environment', 'Variables', 'BEHAVIORS'));
      const file = /^file:([\w.-]+)$/.exec(text)?.[1];
      const document = file === undefined ? text : readBeside(folder, at(value, 'Code', 'S3Key'), file);
      // Others may have a variable of this name.
      if (!document.startsWith('{"v":1,')) return [];
      const parsed = JSON.parse(document) as Value;
      const topics = listOf(at(parsed, 'topics'));
      return listOf(at(parsed, 'behaviors')).flatMap((behavior) => ofBehavior(behavior, topics));
    }),
  );
}

/** Marks in a text what is known at deployment only. */
const UNKNOWN = '\u0000';

/** The text of a document in the environment. A value in it that is known at deployment only is null, and within a text as it is named. */
function jsonOf(value: Value | undefined): string {
  let json = '';
  for (const part of partsOf(value) ?? []) {
    const isWithinText = (json.replaceAll(/\\./g, '').match(/"/g) ?? []).length % 2 === 1;
    json +=
      typeof part === 'string'
        ? part
        : isWithinText
          ? JSON.stringify(`${UNKNOWN}${part.toString()}`).slice(1, -1)
          : 'null';
  }
  return json;
}

/** A document that is too long for the environment lies in the asset of the code. */
function readBeside(folder: string, key: Value | undefined, file: string): string {
  const hash = /^([0-9a-f]{64})\.zip$/.exec(textOf(key) ?? '')?.[1];
  const path = join(folder, `asset.${hash}`, file);
  if (hash === undefined || !existsSync(path))
    throw new Error(
      `the behaviors of a function lie in an asset that is not in ${folder}; give the folder of the assembly`,
    );
  return readFileSync(path, 'utf8');
}

function ofBehavior(value: Value, topics: readonly Value[]): Watched[] {
  const name = textOf(at(value, 'name'))?.replaceAll(UNKNOWN, '');
  const metric = textOf(at(value, 'metric'));
  if (name === undefined || metric === undefined) return [];
  const word = textOf(at(value, 'operator'));
  const items = at(value, 'texts') ?? at(value, 'numbers') ?? undefined;
  const on = textOf(at(value, 'on'));
  const selection = topics.find((one) => on !== undefined && textOf(at(one, 'id')) === on);
  return [
    {
      name,
      metric,
      operator: OPERATORS.find((known) => known === word),
      threshold: numberOf(at(value, 'threshold')),
      confidence: CONFIDENCES.find((known) => known === textOf(at(value, 'confidence'))),
      items: knownItems(items),
      percentile: textOf(at(value, 'percentile')),
      ...(on === undefined
        ? {}
        : {
            scope: {
              filters: selection === undefined ? undefined : itemsOf(at(selection, 'filters') ?? []),
              excluded: at(selection, 'excluded') === true,
              selection: on,
            },
          }),
      windowSeconds: numberOf(at(value, 'windowSeconds')) ?? BASE_SECONDS,
      alarmAfter: numberOf(at(value, 'datapointsToAlarm')) ?? 1,
      clearAfter: numberOf(at(value, 'datapointsToClear')) ?? 1,
    },
  ];
}

/** The items of a set; undefined where one is known at deployment only: then nobody can say what is outside. */
function knownItems(list: Value | undefined): readonly string[] | undefined {
  return isList(list) && !list.some(isUnknown) ? itemsOf(list) : undefined;
}

function isUnknown(item: Value): boolean {
  return item === null || isUnresolved(item) || (typeof item === 'string' && item.includes(UNKNOWN));
}

function ofProfiles(model: Model): Watched[] {
  return model
    .ofType('AWS::IoT::SecurityProfile')
    .flatMap((resource) =>
      resource.variants.flatMap(({ value }) => listOf(value.Behaviors).flatMap((one) => ofProfileBehavior(one, model))),
    );
}

function ofProfileBehavior(value: Value, model: Model): Watched[] {
  const name = textOf(at(value, 'Name'));
  const metric = textOf(at(value, 'Metric'));
  if (name === undefined || metric === undefined) return [];
  const criteria = at(value, 'Criteria');
  const comparison = textOf(at(criteria, 'ComparisonOperator')) ?? '';
  const normal = at(criteria, 'Value');
  const lists = ['Cidrs', 'Ports', 'Numbers', 'Strings']
    .map((key) => at(normal, key))
    .find((list) => list !== undefined);
  const sets = comparison.startsWith('not-in-') ? 'notWithin' : comparison.startsWith('in-') ? 'within' : undefined;
  return [
    {
      name,
      metric: BY_DEFENDER_NAME.get(metric) ?? metric,
      operator: (Object.hasOwn(COMPARISONS, comparison) ? COMPARISONS[comparison] : undefined) ?? sets,
      threshold: numberOf(at(normal, 'Count')) ?? numberOf(at(normal, 'Number')),
      confidence: CONFIDENCES.find((known) => known === textOf(at(criteria, 'MlDetectionConfig', 'ConfidenceLevel'))),
      items: knownItems(lists),
      percentile: textOf(at(criteria, 'StatisticalThreshold', 'Statistic')),
      ...scopeOf(at(value, 'MetricDimension'), model),
      windowSeconds: numberOf(at(criteria, 'DurationSeconds')) ?? BASE_SECONDS,
      alarmAfter: numberOf(at(criteria, 'ConsecutiveDatapointsToAlarm')) ?? 1,
      clearAfter: numberOf(at(criteria, 'ConsecutiveDatapointsToClear')) ?? 1,
    },
  ];
}

function scopeOf(narrowed: Value | undefined, model: Model): { readonly scope?: Scope } {
  if (!isMap(narrowed)) return {};
  const name = narrowed.DimensionName;
  const own = name instanceof Hole && name.target !== undefined ? model.byId(name.target.resource) : undefined;
  const [made] = own?.variants ?? [];
  const known = made === undefined ? name : made.value.Name;
  return {
    scope: {
      filters: made === undefined ? undefined : itemsOf(made.value.StringValues ?? []),
      excluded: textOf(narrowed.Operator) === 'NOT_IN',
      dimension: typeof known === 'string' ? known : undefined,
    },
  };
}

function itemsOf(list: Value): readonly string[] {
  return listOf(list).flatMap((item) =>
    typeof item === 'number' ? String(item) : isMap(item) ? [] : (textOf(item) ?? []),
  );
}
