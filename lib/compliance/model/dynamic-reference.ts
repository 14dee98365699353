import { Hole, Text } from './value';

const START = '{{resolve:';

/** A string in which `{{resolve:ssm:...}}` and the like are holes: what they hold is known at deployment only. */
export function dynamicReferences(text: string): string | Hole | Text {
  if (!text.includes(START)) return text;
  const parts: (string | Hole)[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(START, from);
    const end = start < 0 ? -1 : text.indexOf('}}', start);
    if (end < 0) break;
    parts.push(text.slice(from, start), new Hole('dynamic', text.slice(start + 2, end), true));
    from = end + 2;
  }
  return Text.of([...parts, text.slice(from)]);
}

/** The same for a text that functions have put together: a reference with a hole in it hides all of the text. */
export function withDynamicReferences(value: string | Hole | Text): string | Hole | Text {
  if (typeof value === 'string') return dynamicReferences(value);
  const hides = value instanceof Text && value.parts.some((part) => typeof part === 'string' && part.includes(START));
  return hides ? new Hole('dynamic', value.toString(), true) : value;
}
