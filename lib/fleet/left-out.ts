import { Token } from 'aws-cdk-lib';
import type { InputErrors } from '../internal/input-errors';

/** What is left out is not made, which cannot wait for what is known at deployment only. */
export function checkKnown(without: readonly string[] | undefined, errors: InputErrors): void {
  const isUnknown = Token.isUnresolved(without) || without?.some((item) => Token.isUnresolved(item)) === true;
  if (isUnknown)
    errors.report('ListSizeInvalid', "'without' and its items must be known at synth, since they say what is made");
}
