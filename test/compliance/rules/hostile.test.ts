import { Model } from '../../../lib/compliance/model/model';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { cpuMs } from '../../support/cpu';

const MEGABYTE = 1_000_000;
const BUDGET_MS = 50;
/** What parsers that look twice, or expressions that backtrack, choke on. */
const HOSTILE = [
  '${',
  '*',
  '?',
  '/',
  "'",
  'FROM ',
  '-----BEGIN ',
  '{"a":[',
  '{{resolve:',
  'arn:',
  '$aws/things/',
  '${iot:ClientId}',
];

const long = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length));

/** The value with the text at one place made long; places are counted in order. */
function lengthened(value: unknown, place: number, text: string): unknown {
  let seen = 0;
  const walk = (each: unknown): unknown => {
    if (typeof each === 'string') return seen++ === place ? `${each.slice(0, 40)}${text}` : each;
    if (Array.isArray(each)) return each.map(walk);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value);
}

function textsIn(value: unknown): number {
  if (typeof value === 'string') return 1;
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, each) => sum + textsIn(each), 0)
    : 0;
}

test.each(CATALOG)('$id takes a megabyte in its stride', (rule) => {
  const places = textsIn(rule.example);
  const judge = (text: string, place: number): number => {
    const body = { Resources: lengthened(rule.example, place, text) };
    const model = new Model([{ path: 't.json', body }]);
    // Working out functions is not the rule's.
    for (const resource of model.resources) expect(resource.variants.length).toBeGreaterThan(0);
    return cpuMs(() => rule.check(model, { profile: 'strict', accountBaseline: 'this-app' }));
  };
  HOSTILE.forEach((piece, index) => {
    // Half of them for each rule, the other half for the next one.
    if ((index + CATALOG.indexOf(rule)) % 2 === 0) return;
    // Each piece at another place; all places come round over the pieces and the rules.
    const place = (index * 7 + rule.id.length * 3) % places;
    const text = long(piece);
    // Garbage of others may be collected meanwhile, and code compiled: what is slow each time is slow.
    const slow = Array.from({ length: 10 }).every(() => judge(text, place) >= BUDGET_MS);
    expect({ piece, place, slow }).toEqual({ piece, place, slow: false });
  });
});
