import type { CustomResourceRequest } from './custom-resource';

/** What CloudFormation is told. */
export type Answer =
  | { readonly status: 'SUCCESS'; readonly physicalId: string; readonly data?: Readonly<Record<string, string>> }
  | { readonly status: 'FAILED'; readonly physicalId: string; readonly reason: string };

/**
 * Bytes of a response body; CloudFormation drops a longer one and waits until its own time-out.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
const MAX_RESPONSE_BYTES = 4_096;
const CUT = '… (cut)';

/** The response body, never longer than CloudFormation takes. */
export function renderResponse(request: CustomResourceRequest, answer: Answer): string {
  const common = {
    PhysicalResourceId: answer.physicalId,
    StackId: request.StackId,
    RequestId: request.RequestId,
    LogicalResourceId: request.LogicalResourceId,
  };
  if (answer.status === 'SUCCESS') {
    const body = JSON.stringify({ Status: 'SUCCESS', ...common, Data: answer.data ?? {} });
    if (Buffer.byteLength(body) <= MAX_RESPONSE_BYTES) return body;
    const reason = `the resource is in place, but its attributes take ${Buffer.byteLength(body)} bytes and CloudFormation accepts ${MAX_RESPONSE_BYTES}`;
    return renderResponse(request, { status: 'FAILED', physicalId: answer.physicalId, reason });
  }
  const render = (reason: string) => JSON.stringify({ Status: 'FAILED', Reason: reason, ...common });
  return render(longestThatFits(answer.reason, (reason) => Buffer.byteLength(render(reason)) <= MAX_RESPONSE_BYTES));
}

/** Measured on the rendered body, since a character is one to six bytes there. */
function longestThatFits(reason: string, fits: (reason: string) => boolean): string {
  const whole = reason === '' ? 'no reason was given' : reason;
  if (fits(whole)) return whole;
  let low = 0;
  let high = whole.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(whole.slice(0, middle) + CUT)) low = middle;
    else high = middle - 1;
  }
  return whole.slice(0, low) + CUT;
}
