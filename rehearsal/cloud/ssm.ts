import type { Need } from '../iam/authorizer';
import type { EventBridge } from './eventbridge';
import { AwsFault } from './fault';
import { arnOf, type Input, type Operation, type Place, textOf } from './operation';
import { speaking, TargetJson, type WireService } from './wire';

const MOST_BYTES = 8_192;
const PAGE = 10;

interface Parameter {
  readonly value: string;
  readonly type: string;
  readonly version: number;
}

/** Parameters. Each change is an event on the default bus, as the service tells of it. */
export class Ssm {
  public readonly parameters = new Map<string, Parameter>();
  public readonly wire: WireService;

  constructor(
    private readonly place: Place,
    private readonly events: () => Pick<EventBridge, 'put'>,
  ) {
    const one = (name: string, act: (input: Input) => object): Operation => ({
      name: `ssm:${name}`,
      needs: (input) => this.needs(`ssm:${name}`, [textOf(input, 'Name') ?? textOf(input, 'Path') ?? '']),
      act,
    });
    const operations = [
      one('PutParameter', (input) => this.put(input)),
      one('DeleteParameter', (input) => this.delete(input)),
      one('GetParameter', (input) => ({ Parameter: this.view(textOf(input, 'Name') ?? '') })),
      one('GetParametersByPath', (input) => this.byPath(input)),
    ];
    const wire = new TargetJson('AmazonSSM', '1.1', operations, 'com.amazonaws.ssm');
    this.wire = {
      name: 'ssm',
      signingNames: ['ssm'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations,
    };
  }

  private put(input: Input): object {
    const name = textOf(input, 'Name') ?? '';
    const before = this.parameters.get(name);
    const value = textOf(input, 'Value') ?? '';
    if (before !== undefined && input.Overwrite !== true)
      throw new AwsFault(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    if (Buffer.byteLength(value) > MOST_BYTES) throw new AwsFault('ValidationException', 'The value is too long');
    const version = (before?.version ?? 0) + 1;
    this.parameters.set(name, { value, type: textOf(input, 'Type') ?? before?.type ?? 'String', version });
    this.tell(name, before === undefined ? 'Create' : 'Update');
    return { Version: version, Tier: 'Standard' };
  }

  private delete(input: Input): object {
    const name = textOf(input, 'Name') ?? '';
    if (!this.parameters.delete(name)) throw new AwsFault('ParameterNotFound', `Parameter ${name} not found.`);
    this.tell(name, 'Delete');
    return {};
  }

  private byPath(input: Input): object {
    const path = (textOf(input, 'Path') ?? '/').replace(/\/$/, '');
    const below = [...this.parameters.keys()].filter((name) => name.startsWith(`${path}/`)).sort();
    const found = input.Recursive === true ? below : below.filter((name) => !name.slice(path.length + 1).includes('/'));
    const start = Number(input.NextToken ?? 0);
    const end = start + Math.min(Number(input.MaxResults ?? PAGE), PAGE);
    return {
      Parameters: found.slice(start, end).map((name) => this.view(name)),
      ...(end < found.length && { NextToken: String(end) }),
    };
  }

  private view(name: string): object {
    const found = this.parameters.get(name);
    if (found === undefined) throw new AwsFault('ParameterNotFound', `Parameter ${name} not found.`);
    return { Name: name, Type: found.type, Value: found.value, Version: found.version, ARN: this.arn(name) };
  }

  private tell(name: string, operation: string): void {
    const type = this.parameters.get(name)?.type ?? 'String';
    this.events().put({
      source: 'aws.ssm',
      detailType: 'Parameter Store Change',
      detail: { operation, name, type },
      resources: [this.arn(name)],
    });
  }

  private arn(name: string): string {
    return arnOf(this.place, 'ssm', `parameter/${name.replace(/^\//, '')}`);
  }

  private needs(action: string, names: readonly string[]): Need[] {
    return names.map((name) => ({ action, resource: this.arn(name) }));
  }
}
