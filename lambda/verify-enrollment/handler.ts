import { errorFields, type Fields, type Logger } from '../shared/logger';
import { METRIC, SERIAL_PARAMETER } from './contract';
import { decide, type Refusal, type Rules } from './decide';
import { type EnrollmentRequest, type Expected, parseRequest } from './event';
import type { AllowListPort, RegistryPort } from './ports';

/** What AWS IoT expects. `parameterOverrides` replace what the device sent, so the template sees only what was verified. */
export interface Answer {
  readonly allowProvisioning: boolean;
  readonly parameterOverrides: Readonly<Record<string, string>>;
}

export interface Dependencies {
  readonly allowList: AllowListPort;
  readonly registry: RegistryPort;
  readonly rules: Rules;
  readonly expected: Expected;
  readonly now: () => number;
  readonly log: Logger;
  readonly answerWithinMs: number;
}

const NO: Answer = { allowProvisioning: false, parameterOverrides: {} };

/**
 * The pre-provisioning hook. It always answers, and in time: whatever goes wrong is a refusal, counted apart from the
 * refusals that were decided.
 */
export function createHandler(deps: Dependencies): (raw: unknown) => Promise<Answer> {
  return async (raw) => {
    const parsed = parseRequest(raw, deps.expected);
    if (!parsed.ok) return refused(deps.log, parsed.reason, {});
    const { request } = parsed;
    const fields = {
      serial: request.serial,
      certificateId: request.certificateId,
      claimCertificateId: request.claimCertificateId,
      clientId: request.clientId,
    };
    try {
      const refusal = await within(deps.answerWithinMs, (signal) => verify(request, deps, signal));
      if (refusal !== undefined) return refused(deps.log, refusal, fields);
    } catch (error) {
      deps.log.count(METRIC.failed, 1, { ...fields, ...errorFields(error) });
      return NO;
    }
    deps.log.count(METRIC.allowed, 1, fields);
    return { allowProvisioning: true, parameterOverrides: { [SERIAL_PARAMETER]: request.serial } };
  };
}

/** The reason to refuse; undefined when the device may enroll, and then nobody else may for a while. */
async function verify(
  request: EnrollmentRequest,
  deps: Dependencies,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const [entry, identity] = await Promise.all([
    deps.allowList.find(request.serial, signal),
    deps.registry.identityOf(deps.expected.thingNamePrefix + request.serial, signal),
  ]);
  const now = deps.now();
  const decision = decide(request, entry, identity, deps.rules, now);
  if (decision.kind === 'refuse') return decision.because;
  if (decision.kind === 'repeat') return undefined;
  const claim = { certificateId: request.certificateId, at: now };
  const written = await deps.allowList.claim(request.serial, claim, decision.claim.previous, signal);
  return written === 'claimed' ? undefined : 'in-progress';
}

function refused(log: Logger, because: string, fields: Fields): Answer {
  log.count(METRIC.refused, 1, { ...fields, because });
  return NO;
}

/** Runs `work`, tells it to stop when its time is up, and does not wait for it to obey. */
async function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer from AWS within ${milliseconds} ms`);
      error.name = 'OutOfTime';
      reject(error);
      controller.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
