import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { WarningId } from './diagnostics';

/** Raises a warning with a stable id (`zero-trust-iot:<id>`) that users can acknowledge. */
export function warn(scope: IConstruct, id: WarningId, message: string): void {
  Validations.of(scope).addWarning(`zero-trust-iot:${id}`, message);
}
