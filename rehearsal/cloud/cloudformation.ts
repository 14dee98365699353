import { AwsFault } from './fault';
import type { Input, Operation } from './operation';
import { escapeXml, type WireAnswer, type WireService } from './wire';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** What stacks say of their resources while they are deployed. */
export class CloudFormation {
  /** When the status of a resource changed last, in milliseconds: by the stack's id, by logical id. */
  private readonly changed = new Map<string, Map<string, number>>();
  public readonly wire: WireService;

  constructor() {
    const describe: Operation = {
      name: 'cloudformation:DescribeStackResource',
      needs: ({ StackName }) => [{ action: 'cloudformation:DescribeStackResource', resource: String(StackName) }],
      act: (input) => this.describe(input),
    };
    this.wire = {
      name: 'cloudformation',
      signingNames: ['cloudformation'],
      denied: ['AccessDenied', 403],
      recognize: (request) => {
        const form = formOf(request);
        return form.Action === 'DescribeStackResource' ? { operation: describe, input: form } : undefined;
      },
      describe: (request) => formOf(request).Action ?? 'request',
      result: (result) => xml(200, 'DescribeStackResourceResponse', `${String(result)}`),
      fault: ({ name, message, status }) =>
        xml(
          status,
          'ErrorResponse',
          element('Error', element('Type', 'Sender') + text('Code', name) + text('Message', message)),
        ),
      operations: [describe],
    };
  }

  /** The status of a resource changes: it is being made, or it is there. */
  public change(stackId: string, logicalId: string, at: number): void {
    const resources = this.changed.get(stackId) ?? new Map<string, number>();
    this.changed.set(stackId, resources.set(logicalId, at));
  }

  private describe({ StackName, LogicalResourceId }: Input): string {
    const [stack, logicalId] = [String(StackName), String(LogicalResourceId)];
    const resources = this.changed.get(stack);
    if (resources === undefined) throw new AwsFault('ValidationError', `Stack '${stack}' does not exist`);
    const changed = resources.get(logicalId);
    if (changed === undefined)
      throw new AwsFault('ValidationError', `Resource ${logicalId} does not exist for stack ${stack}`);
    const detail =
      text('StackId', stack) +
      text('LogicalResourceId', logicalId) +
      text('LastUpdatedTimestamp', new Date(changed).toISOString());
    return element('DescribeStackResourceResult', element('StackResourceDetail', detail));
  }
}

function formOf({ body }: { readonly body: Buffer }): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

function text(name: string, content: string): string {
  return element(name, escapeXml(content));
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function xml(status: number, name: string, content: string): WireAnswer {
  const body = `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
