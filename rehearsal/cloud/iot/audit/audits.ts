import type { AuditCheckRun, ConnectionEvent } from '../../../ports';
import { AwsFault } from '../../fault';
import { type Input, recordOf, textOf } from '../../operation';
import type { Sns } from '../../sns';
import { gap, inRole, serviceParty, type World } from '../../world';
import { type Account, canonical } from '../account';
import { pageOf } from '../pages';
import { type IotRegistry, notFound } from '../registry';
import { checkOf, daysOf, type Sight } from './checks';
import { type AuditSchedule, nextRun, problemWith } from './schedule';
import { describedTask, type Details, type Finding, idsOf, messageOf, shown, type Task, typeOf, wordsOf } from './task';

export interface ScheduledAudit extends AuditSchedule {
  readonly name: string;
  readonly checks: readonly string[];
}

const SERVICE = 'iot.amazonaws.com';
const DEFENDER = serviceParty('device defender');
/** Of an account and region. */
const MOST_AUDITS = 5;
/** How far back an audit on demand looks at connections. */
const SIGHT_MS = 31 * 86_400_000;

/**
 * Audits of Device Defender: each when it is due in virtual time, on what the rehearsal has. What a check cannot say here fails
 * in it, and is told; it never passes.
 */
export class Audits {
  /** Types of resources that an assembly has and that were not created. */
  public readonly skipped = new Set<string>();
  private readonly scheduled = new Map<string, ScheduledAudit>();
  private readonly tasks = new Map<string, Task>();
  private readonly found: Finding[] = [];
  private readonly connections: ConnectionEvent[] = [];

  constructor(
    private readonly world: World,
    private readonly registry: IotRegistry,
    private readonly account: Account,
    private readonly sns: Sns,
  ) {
    world.events.subscribe((event) => {
      if (event.kind === 'connection') this.connections.push(event);
    });
  }

  public schedule(audit: ScheduledAudit): string {
    const { name, checks } = audit;
    const problem = problemWith(audit);
    if (problem !== undefined) throw new AwsFault('InvalidRequestException', problem);
    if (checks.length === 0) throw new AwsFault('InvalidRequestException', 'An audit needs a check');
    this.enabledOnly(checks);
    if (this.scheduled.has(name))
      throw new AwsFault('ResourceAlreadyExistsException', `The scheduled audit ${name} exists already`, 409);
    if (this.scheduled.size >= MOST_AUDITS)
      throw new AwsFault('LimitExceededException', `An account has at most ${MOST_AUDITS} scheduled audits`, 410);
    this.scheduled.set(name, audit);
    this.account.scheduled.set(name, checks);
    this.wait(audit, this.world.clock.now(), this.connections.length);
    return this.registry.arn(`scheduledaudit/${name}`);
  }

  // ------------------------------------------------------------------------------------------------ the API

  public create(input: Input): object {
    const { targetCheckNames } = input;
    const scheduledAuditArn = this.schedule({
      name: textOf(input, 'scheduledAuditName') ?? '',
      frequency: textOf(input, 'frequency') ?? '',
      dayOfWeek: textOf(input, 'dayOfWeek'),
      dayOfMonth: textOf(input, 'dayOfMonth'),
      checks: Array.isArray(targetCheckNames) ? targetCheckNames.map(String) : [],
    });
    return { scheduledAuditArn };
  }

  public delete(input: Input): object {
    const { name } = this.existing(input);
    this.scheduled.delete(name);
    this.account.scheduled.delete(name);
    return {};
  }

  public start({ targetCheckNames }: Input): object {
    const checks = Array.isArray(targetCheckNames) ? targetCheckNames.map(String) : [];
    if (checks.length === 0) throw new AwsFault('InvalidRequestException', 'An audit needs a check');
    this.enabledOnly(checks);
    const taskId = this.newId();
    const { clock } = this.world;
    clock.schedule(0, 'an audit on demand', () => {
      const first = this.connections.findIndex(({ at }) => at >= clock.now() - SIGHT_MS);
      this.run(taskId, checks, first < 0 ? this.connections.length : first);
    });
    return { taskId };
  }

  public describeTask(input: Input): object {
    const task = this.tasks.get(textOf(input, 'taskId') ?? '');
    if (task === undefined) throw notFound('Audit task');
    return describedTask(task);
  }

  public listTasks(input: Input): object {
    const [from, to] = [timeOf(input.startTime), timeOf(input.endTime)];
    if (from === undefined || to === undefined || from > to)
      throw new AwsFault('InvalidRequestException', 'startTime and endTime are required, in this order');
    const tasks = [...this.tasks.values()].filter(
      (task) =>
        task.startedAt >= from &&
        task.startedAt <= to &&
        (input.taskType === undefined || input.taskType === typeOf(task)) &&
        (input.taskStatus === undefined || input.taskStatus === 'COMPLETED'),
    );
    const shown = tasks.map((task) => ({ taskId: task.taskId, taskStatus: 'COMPLETED', taskType: typeOf(task) }));
    return pageOf('tasks', shown, input);
  }

  public listFindings(input: Input): object {
    const [from, to] = [timeOf(input.startTime), timeOf(input.endTime)];
    const isByTime = from !== undefined && to !== undefined;
    if ((input.taskId === undefined) !== isByTime || (from === undefined) !== (to === undefined))
      throw new AwsFault('InvalidRequestException', 'Either the taskId or startTime and endTime must be given');
    const resource = input.resourceIdentifier === undefined ? undefined : canonical(input.resourceIdentifier);
    const found = this.found.filter(
      ({ task, checkName, at, breach, isSuppressed }) =>
        (isByTime ? at >= from && at <= to : task.taskId === input.taskId) &&
        (input.checkName === undefined || checkName === input.checkName) &&
        (resource === undefined || canonical(breach.resource.resourceIdentifier) === resource) &&
        (input.listSuppressedFindings === undefined || isSuppressed === input.listSuppressedFindings),
    );
    return pageOf('findings', found.map(shown), input);
  }

  public describeFinding(input: Input): object {
    return { finding: shown(this.existingFinding(input)) };
  }

  public listRelated(input: Input): object {
    return pageOf('relatedResources', this.existingFinding(input).breach.related ?? [], input);
  }

  public describeScheduled(input: Input): object {
    const found = this.existing(input);
    return { ...this.metadata(found), targetCheckNames: found.checks };
  }

  public listScheduled(input: Input): object {
    return pageOf(
      'scheduledAudits',
      [...this.scheduled.values()].map((each) => this.metadata(each)),
      input,
    );
  }

  // ------------------------------------------------------------------------------------------------ how

  private existingFinding(input: Input): Finding {
    const found = this.found.find(({ findingId }) => findingId === input.findingId);
    if (found === undefined) throw notFound('Audit finding');
    return found;
  }

  private existing(input: Input): ScheduledAudit {
    const found = this.scheduled.get(textOf(input, 'scheduledAuditName') ?? '');
    if (found === undefined) throw notFound('Scheduled audit');
    return found;
  }

  private metadata({ name, frequency, dayOfWeek, dayOfMonth }: ScheduledAudit): object {
    const scheduledAuditArn = this.registry.arn(`scheduledaudit/${name}`);
    return { scheduledAuditName: name, scheduledAuditArn, frequency, dayOfWeek, dayOfMonth };
  }

  private enabledOnly(checks: readonly string[]): void {
    const off = checks.find((check) => !this.isEnabled(check));
    if (off !== undefined)
      throw new AwsFault('InvalidRequestException', `the check ${off} is not enabled in the account`);
  }

  private isEnabled(check: string): boolean {
    return recordOf(this.account.audit.auditCheckConfigurations[check]).enabled === true;
  }

  private newId(): string {
    return this.world.random.fork(`audit ${this.tasks.size}`).hex(32);
  }

  /** Each looks at what happened since the one before it. */
  private wait(audit: ScheduledAudit, madeAt: number, from: number, last?: number): void {
    const { clock } = this.world;
    const at = nextRun(audit, madeAt, last);
    clock.schedule(at - clock.now(), `audit ${audit.name}`, () => {
      if (this.scheduled.get(audit.name) !== audit) return;
      const next = this.connections.length;
      this.run(this.newId(), audit.checks, from, audit.name);
      this.wait(audit, madeAt, next, at);
    });
  }

  private run(taskId: string, checks: readonly string[], from: number, scheduledAuditName?: string): void {
    const { registry, account, connections, skipped } = this;
    const now = this.world.clock.now();
    const details = new Map<string, Details>();
    const task: Task = { taskId, startedAt: now, scheduledAuditName, details };
    const sight: Sight = { registry, account, connections, from, now, skipped };
    this.tasks.set(taskId, task);
    const refusals = new Map<string, string | undefined>();
    for (const check of checks) details.set(check, this.look(check, sight, task, refusals));
    this.tell(task);
    this.notify(task);
  }

  private look(check: string, sight: Sight, task: Task, refusals: Map<string, string | undefined>): Details {
    if (!this.isEnabled(check)) return { checkRunStatus: 'FAILED', errorCode: 'AUDIT_CHECK_DISABLED' };
    const denied = this.refusal(check, sight, refusals);
    if (denied !== undefined)
      return { checkRunStatus: 'FAILED', errorCode: 'INSUFFICIENT_PERMISSIONS', message: denied };
    const { configuration } = recordOf(this.account.audit.auditCheckConfigurations[check]);
    const result = checkOf(check).look(sight, daysOf(check, recordOf(configuration)));
    if ('unknown' in result) return { checkRunStatus: 'FAILED', message: result.unknown };
    for (const breach of result.breaches) {
      const findingId = this.world.random.fork(`finding ${this.found.length}`).uuid();
      const isSuppressed = this.account.isSuppressed(check, breach.resource.resourceIdentifier, sight.now);
      this.found.push({ findingId, checkName: check, at: sight.now, task, breach, isSuppressed });
    }
    const own = this.findingsOf(task, check);
    const suppressed = own.filter(({ isSuppressed }) => isSuppressed).length;
    // A finding that somebody decided to live with does not count.
    const checkCompliant = own.length === suppressed;
    return {
      checkRunStatus: checkCompliant ? 'COMPLETED_COMPLIANT' : 'COMPLETED_NON_COMPLIANT',
      checkCompliant,
      totalResourcesCount: result.total,
      nonCompliantResourcesCount: own.length,
      suppressedNonCompliantResourcesCount: suppressed,
    };
  }

  private findingsOf(task: Task, check: string): Finding[] {
    return this.found.filter((each) => each.task === task && each.checkName === check);
  }

  /** Why the role of the audit lets it not look; the same rights are asked for once in an audit. */
  private refusal(check: string, sight: Sight, known: Map<string, string | undefined>): string | undefined {
    const needs = checkOf(check).needs(sight);
    const key = JSON.stringify(needs.map(({ action }) => action));
    if (needs.length === 0) return undefined;
    if (!known.has(key)) {
      const roleArn = this.account.audit.roleArn ?? '';
      const what = `audit reads ${needs[0]?.action.replace(/^iot:(List|Get)/, '') ?? ''}`;
      const to = serviceParty('iot');
      const as = { service: SERVICE, sourceArn: this.registry.arn(''), roleArn, from: DEFENDER, to, what };
      const { allowed, action, resource } = inRole(this.world, as, needs);
      known.set(key, allowed ? undefined : `the role of the audit may not ${action} on ${resource}`);
    }
    return known.get(key);
  }

  private tell(task: Task): void {
    const checks = [...task.details].map(([check, details]): AuditCheckRun => {
      const { checkRunStatus, errorCode, message } = details;
      const found = this.findingsOf(task, check).map(({ breach, isSuppressed }) => ({
        ...idsOf(breach),
        reason: breach.reason,
        isSuppressed,
      }));
      if (checkRunStatus !== 'FAILED') return { check, outcome: found.length === 0 ? 'compliant' : 'found', found };
      const outcome = errorCode === undefined ? 'not evaluated' : 'failed';
      return { check, outcome, found, because: message ?? errorCode };
    });
    const found = checks.filter(({ outcome }) => outcome === 'found');
    const name = task.scheduledAuditName ?? 'on demand';
    const words = found.length === 0 ? 'nothing' : found.map(({ check }) => check).join(', ');
    const unsaid = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'not evaluated').length;
    const more = unsaid === 0 ? '' : `, and ${unsaid} say nothing`;
    this.world.events.emit({
      kind: 'audit',
      who: DEFENDER,
      what: `audit finds ${words} in ${checks.length} checks${more} (${name})`,
      taskId: task.taskId,
      checks,
      detail: checks.map(wordsOf).join('\n'),
    });
    for (const { check, outcome, because = '' } of checks)
      if (outcome === 'not evaluated')
        this.world.events.emit({
          kind: 'gap',
          who: DEFENDER,
          what: `${check} is not evaluated`,
          subject: check,
          meaning: because,
          onPath: false,
        });
  }

  /** In the role of the notification target, which has to trust the service, and may publish to the topic. */
  private notify(task: Task): void {
    const target = recordOf(this.account.audit.auditNotificationTargetConfigurations?.SNS);
    const topicArn = textOf(target, 'targetArn');
    if (topicArn === undefined || target.enabled !== true) return;
    const topic = this.sns.find(topicArn);
    const to = serviceParty('sns');
    const roleArn = textOf(target, 'roleArn') ?? '';
    const what = `tells ${topicArn.split(':').pop() ?? ''} that an audit is done`;
    const as = { service: SERVICE, sourceArn: this.registry.arn(''), roleArn, from: DEFENDER, to, what };
    if (!inRole(this.world, as, this.sns.publishNeeds(topicArn)).allowed) return;
    if (topic === undefined) return gap(this.world, `topic ${topicArn}`, 'nobody heard of the audit');
    const message = messageOf(task, this.registry.place.account);
    this.sns.publish(topic, { message: JSON.stringify(message), attributes: {} });
  }
}

/** Times of a request: seconds in a body, text in a query. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1_000;
  if (typeof value !== 'string' || value === '') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
