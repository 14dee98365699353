import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssetFile } from '../assembly/load';
import { type Answer, FunctionProcess } from '../lambda/function-process';
import type { Party } from '../ports';
import { NotModelled } from './fault';
import type { Actor } from './operation';
import type { Sqs } from './sqs';
import type { FunctionMetrics } from './cloudwatch/function-metrics';
import { gap, mayDeliver, report, type World } from './world';

export interface FunctionProps {
  readonly name: string;
  readonly arn: string;
  /** Construct path or logical id, for people. */
  readonly label: string;
  readonly roleArn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Where it logs. */
  readonly logGroup: string;
  readonly code: { readonly key: string } | { readonly inline: string };
  deadLetterArn?: string;
  /** Of asynchronous invocations. */
  retries: number;
  /** How old an event may be that is tried again. */
  oldestSeconds: number;
}

export interface DeployedFunction {
  readonly props: FunctionProps;
  readonly actor: Actor;
  readonly process: FunctionProcess;
}

/** Pauses between the tries of an asynchronous invocation. */
const RETRY_MS = [60_000, 120_000] as const;

/** The functions of the stacks, each in a process of its own. */
export class Functions {
  private readonly functions = new Map<string, DeployedFunction>();
  private readonly folders: string[] = [];
  private invocations = 0;

  constructor(
    private readonly world: World,
    private readonly assets: ReadonlyMap<string, AssetFile>,
    private readonly sqs: () => Sqs,
    private readonly seed: string,
    private readonly counters: FunctionMetrics,
  ) {}

  public create(props: FunctionProps): DeployedFunction {
    if (!props.runtime.startsWith('nodejs'))
      throw new NotModelled(`runtime ${props.runtime}`, `function ${props.label} never runs`);
    const party: Party = { kind: 'function', name: props.label };
    const actor = { party, roleArn: props.roleArn };
    const keyId = `ASIA${this.world.random.fork(`key of ${props.arn}`).hex(16).toUpperCase()}`;
    this.world.gateway.know(keyId, actor);
    const root = this.folderOf(props);
    const process = new FunctionProcess({
      name: props.name,
      root,
      handler: props.handler,
      environment: { ...this.environmentOf(props, keyId, root), ...props.environment },
      memoryMegabytes: props.memoryMegabytes,
      seed: this.seed,
      now: this.world.clock.now(),
      onLog: (text) => this.counters.logged(props, text),
    });
    const made = { props, actor, process };
    this.functions.set(props.arn, made);
    return made;
  }

  /** By name, ARN (with or without a qualifier) or label. */
  public find(reference: string): DeployedFunction | undefined {
    const arn = reference.split(':').slice(0, 7).join(':');
    const known = this.functions.get(arn);
    return (
      known ??
      [...this.functions.values()].find(
        ({ props }) => props.name === reference || props.label === reference || props.label.endsWith(`/${reference}`),
      )
    );
  }

  /** The ARN of what a name or ARN means, with the qualifier that it has; of what does not stand, the text itself. */
  public arnOf(reference: string): string {
    const found = this.find(reference);
    if (found === undefined) return reference;
    const qualifier = reference.split(':')[7];
    return qualifier === undefined ? found.props.arn : `${found.props.arn}:${qualifier}`;
  }

  public all(): readonly DeployedFunction[] {
    return [...this.functions.values()];
  }

  /** Runs a function and waits for it. */
  public async invoke(
    { props, process, actor }: DeployedFunction,
    event: unknown,
    source: string,
    from?: Party,
  ): Promise<Answer> {
    const { clock, random, events } = this.world;
    clock.works(props.label);
    const requestId = random.fork(`invocation ${this.invocations++}`).uuid();
    const context = {
      awsRequestId: requestId,
      functionName: props.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: props.arn,
      memoryLimitInMB: String(props.memoryMegabytes),
      logGroupName: props.logGroup,
      logStreamName: 'rehearsal',
    };
    const at = clock.now();
    const answer = await clock.busy(process.invoke({ event, at, timeoutMs: props.timeoutSeconds * 1000, context }));
    this.counters.ran(props, event, answer);
    const failed = answer.kind === 'value' ? failuresOf(answer.value) : 0;
    const detail =
      answer.kind === 'error'
        ? `${answer.errorType}: ${answer.errorMessage}`
        : failed > 0
          ? `${failed} messages failed`
          : undefined;
    const outcome = answer.kind === 'value' ? 'ok' : answer.kind;
    events.emit({
      kind: 'function',
      who: from ?? { kind: 'service', name: source },
      toWhom: actor.party,
      what: `${props.label} ${outcome}`,
      functionName: props.label,
      source,
      outcome,
      detail,
    });
    return answer;
  }

  /** Runs a function without waiting for it: tried again when it fails, and given up into its dead-letter queue. */
  public invokeLater(
    target: DeployedFunction,
    event: unknown,
    source: string,
    from?: Party,
    { tried, since } = { tried: 0, since: this.world.clock.now() },
  ): void {
    const { clock, authorizer } = this.world;
    const delay = tried === 0 ? 0 : (RETRY_MS[tried - 1] ?? RETRY_MS[1]);
    clock.schedule(delay, `invocation of ${target.props.label}`, async () => {
      const answer = await this.invoke(target, event, source, from);
      if (answer.kind === 'value') return;
      const { retries, oldestSeconds, deadLetterArn, roleArn, label } = target.props;
      const isYoung = clock.now() + (RETRY_MS[tried] ?? 0) - since <= oldestSeconds * 1000;
      if (tried < retries && isYoung) return this.invokeLater(target, event, source, from, { tried: tried + 1, since });
      if (deadLetterArn === undefined) return this.lost(label);
      const decision = authorizer.role(roleArn, { action: 'sqs:SendMessage', resource: deadLetterArn });
      const to = { kind: 'service', name: 'sqs' } as const;
      if (report(this.world, target.actor.party, to, 'gives up an event', decision))
        this.sqs().deadLetter(deadLetterArn, JSON.stringify(event), `${label} failed ${tried + 1} times`, label);
    });
  }

  /** A service invokes a function as itself, which the function's own policy must allow. False: it may not. */
  public async invokeBy(
    service: string,
    sourceArn: string,
    functionArn: string,
    event: unknown,
    source: string,
    from: Party,
  ): Promise<boolean> {
    const target = this.find(functionArn);
    if (target === undefined) {
      gap(this.world, `function ${functionArn}`, `${from.name} could not invoke it`);
      return false;
    }
    if (!this.mayInvoke(service, sourceArn, functionArn, from)) return false;
    this.invokeLater(target, event, source, from);
    return true;
  }

  public mayInvoke(service: string, sourceArn: string, functionArn: string, from: Party): boolean {
    const target = this.find(functionArn);
    const decision = mayDeliver(this.world, service, sourceArn, {
      action: 'lambda:InvokeFunction',
      // A version and an alias have policies of their own.
      resource: this.arnOf(functionArn),
    });
    return report(
      this.world,
      from,
      { kind: 'service', name: 'lambda' },
      `invokes ${target?.props.label ?? functionArn}`,
      decision,
    );
  }

  public async close(): Promise<void> {
    await Promise.all([...this.functions.values()].map(({ process }) => process.close()));
    for (const folder of this.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  private lost(label: string): void {
    this.world.events.emit({
      kind: 'fault',
      who: { kind: 'function', name: label },
      what: `an event for ${label} is lost`,
      code: 'EventLost',
      detail: 'the function failed each time and has no dead-letter queue',
    });
  }

  private folderOf({ code, label }: FunctionProps): string {
    if ('inline' in code) {
      const folder = mkdtempSync(join(tmpdir(), 'rehearsal-function-'));
      this.folders.push(folder);
      writeFileSync(join(folder, 'index.js'), code.inline);
      return folder;
    }
    const path = this.assets.get(code.key)?.path;
    if (path === undefined || !existsSync(path))
      throw new NotModelled(`code ${code.key}`, `function ${label} never runs: its code is not in the assembly`);
    if (!statSync(path).isDirectory())
      throw new NotModelled(
        `archive ${code.key}`,
        `function ${label} never runs: its code is an archive, not a folder`,
      );
    return path;
  }

  private environmentOf(
    { name, memoryMegabytes, handler, runtime, logGroup }: FunctionProps,
    keyId: string,
    root: string,
  ): Record<string, string> {
    const { region } = this.world.place;
    return {
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: keyId,
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AWS_SESSION_TOKEN: 'rehearsal',
      AWS_ENDPOINT_URL: this.world.gateway.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: 'rehearsal',
      LAMBDA_TASK_ROOT: root,
      _HANDLER: handler,
    };
  }
}

export function failuresOf(value: unknown): number {
  const failures = (value as { batchItemFailures?: unknown } | null)?.batchItemFailures;
  return Array.isArray(failures) ? failures.length : 0;
}
