import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { InputErrors } from '../internal/input-errors';
import { warn } from '../internal/warn';

/** How settings of others are dealt with. */
export interface ReplacementOptions {
  readonly replaceExisting?: boolean;
  readonly replacedRoles?: readonly IRoleRef[];
}

/** Replacing without naming the roles is allowed, but cannot be undone in full. */
export function checkReplacement(scope: IConstruct, options: ReplacementOptions, errors: InputErrors): void {
  if (options.replacedRoles !== undefined && options.replaceExisting !== true)
    errors.report('ReplacedRolesUnused', "'replacedRoles' is given, but 'replaceExisting' is not true");
  if (options.replaceExisting === true && options.replacedRoles === undefined)
    warn(
      scope,
      'ReplacedRoleUnknown',
      "'replaceExisting' may replace roles that cannot be put back when the stack is deleted; name them in 'replacedRoles'",
    );
}
