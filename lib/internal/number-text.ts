import { type IResolveContext, Lazy, Token } from 'aws-cdk-lib';

/** A number where a property wants a text, also if it is known only later. */
export function numberText(value: number): string {
  if (!Token.isUnresolved(value)) return String(value);
  return Lazy.uncachedString({
    produce: (context: IResolveContext) => {
      const resolved: unknown = context.resolve(value);
      return typeof resolved === 'number' ? String(resolved) : (resolved as string);
    },
  });
}
