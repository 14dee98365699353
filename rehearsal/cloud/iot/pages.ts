import { AwsFault } from '../fault';
import type { Input } from '../operation';

const PAGE = 25;

/** A page of a list, with a token for the next one: so that callers who forget the rest are found out. */
export function pageOf(
  member: string,
  items: readonly unknown[],
  input: Input,
  tokens: readonly [given: string, next: string] = ['nextToken', 'nextToken'],
): Record<string, unknown> {
  const token = input[tokens[0]];
  const start = token === undefined || token === '' ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw new AwsFault('InvalidRequestException', 'The token is not valid');
  const size = Number(input.maxResults ?? input.pageSize ?? PAGE);
  if (!Number.isInteger(size) || size < 1 || size > 250)
    throw new AwsFault('InvalidRequestException', 'The page size must be from 1 to 250');
  const end = start + size;
  return { [member]: items.slice(start, end), ...(end < items.length && { [tokens[1]]: String(end) }) };
}
