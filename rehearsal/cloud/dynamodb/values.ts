/** A value as the wire has it: one member, which names its type. */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Record<string, Value>;

export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

export function typeOf(value: Value): TypeName {
  return Object.keys(value)[0] as TypeName;
}

export function rawOf(value: Value): unknown {
  return value[typeOf(value)];
}

/** Below zero, zero or above, for values of one comparable type; undefined for others. */
export function compare(left: Value, right: Value): number | undefined {
  const type = typeOf(left);
  if (type !== typeOf(right)) return undefined;
  if (type === 'N') return Math.sign(Number(left.N) - Number(right.N));
  if (type === 'S') return Buffer.compare(Buffer.from(String(left.S)), Buffer.from(String(right.S)));
  if (type === 'B')
    return Buffer.compare(Buffer.from(String(left.B), 'base64'), Buffer.from(String(right.B), 'base64'));
  return undefined;
}

export function same(left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  const order = compare(left, right);
  if (order !== undefined) return order === 0;
  return canonical(left) === canonical(right);
}

function canonical(value: Value): string {
  const type = typeOf(value);
  const raw = rawOf(value);
  if (type === 'NS') return JSON.stringify([type, (raw as string[]).map(Number).sort((a, b) => a - b)]);
  if (type === 'SS' || type === 'BS') return JSON.stringify([type, [...(raw as string[])].sort()]);
  if (type === 'L') return JSON.stringify([type, (raw as Value[]).map(canonical)]);
  if (type === 'M') {
    const entries = Object.entries(raw as Item).map(([key, each]) => [key, canonical(each)] as const);
    return JSON.stringify([type, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
  }
  return JSON.stringify([type, type === 'N' ? Number(raw) : raw]);
}
