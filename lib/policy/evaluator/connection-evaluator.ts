import { ConfigurationError } from '../../internal/configuration-error';
import { quote } from '../../internal/quote';
import type { Check } from './check';
import { type Environment, Scope } from './scope';
import type { ConnectionContext } from './connection-context';
import { explain } from './explanation';
import { type PolicyDecision } from './policy-decision';
import type { PolicyRequest } from './policy-request';
import type { Statement } from './statement';

/**
 * The policies of one connection, compiled for it: variables are replaced and conditions decided once, so that each
 * further decision only compares the name of the resource.
 *
 * Made by `PolicyEvaluator.forConnection`. Keep it as long as the connection, and make a new one when a policy or a group
 * membership changes.
 *
 * @example
 * declare const evaluator: PolicyEvaluator;
 * const pump: ConnectionEvaluator = evaluator.forConnection(ConnectionContext.ofThing('pump-7'));
 * const allowed = pump.isAllowed(PolicyRequest.publish('pumps/pump-7/telemetry'));
 */
export class ConnectionEvaluator {
  /** @internal */
  public static _of(
    environment: Environment,
    statements: readonly Statement[],
    context: ConnectionContext,
  ): ConnectionEvaluator {
    return new ConnectionEvaluator(new Scope(environment, statements, context), context);
  }

  private constructor(
    private readonly scope: Scope,
    /** The connection. */
    public readonly context: ConnectionContext,
  ) {}

  /** Whether the request is allowed. The fast way: nothing is explained. */
  public isAllowed(request: PolicyRequest): boolean {
    const { scope } = this;
    for (let check: Check | undefined = checkOf(request) ?? scope.connect; check !== undefined; check = check.next) {
      if (!allows(scope, check)) return false;
    }
    return true;
  }

  /** Whether the request is allowed, because of which statements, and what is missing. */
  public evaluate(request: PolicyRequest): PolicyDecision {
    const { scope } = this;
    return explain(scope, checkOf(request) ?? scope.connect);
  }
}

/** Undefined for a connect; callers without types may give what is no request, which would pass for one. */
function checkOf(request: PolicyRequest | null | undefined): Check | undefined {
  const check = request?._check;
  // Whatever a request has, it has this property: of a connect it is undefined.
  if (check === undefined && !Object.hasOwn(request ?? {}, '_check')) refuse(request);
  return check;
}

function refuse(request: unknown): never {
  const got =
    typeof request === 'string' ? quote(request) : (request ?? undefined) === undefined ? 'nothing' : typeof request;
  throw new ConfigurationError(
    'PolicyRequestInvalid',
    `'request' must be a PolicyRequest, such as PolicyRequest.publish('a/b'), got ${got}`,
  );
}

function allows(scope: Scope, check: Check): boolean {
  return scope.refusal(check) === undefined && scope.table(check.kind).allowsName(check.name);
}
