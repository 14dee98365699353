import { Duration, Token } from 'aws-cdk-lib';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { type PlaybookDocument, SEVERITIES } from '../../lambda/shared/incident/contract';
import { Severity } from '../detection';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { timeProblem } from '../internal/time';
import { BlastRadius } from './blast-radius';
import { Response, SignalKind } from './terms';

const MAX_RULES = 20;
const MIN_ISOLATION_SECONDS = 3_600;
const MAX_ISOLATION_SECONDS = 365 * 86_400;

/** One line of a playbook: what is done about which signals. */
export interface ResponseRule {
  /**
   * What the signal must be about.
   *
   * @default - all kinds
   */
  readonly kinds?: SignalKind[];
  /** How bad it must be at least. */
  readonly atLeast: Severity;
  /** What is done. */
  readonly response: Response;
}

/** What can be set of every playbook. */
export interface PlaybookOptions {
  /**
   * Groups whose devices are held for a person instead: life support, the only gateway of a site.
   *
   * @default - no group is protected
   */
  readonly protectedGroups?: IThingGroupRef[];

  /**
   * How many devices may be isolated without a person.
   *
   * @default BlastRadius.devices(50, Duration.minutes(10)) - more at once is a wrong rule rather than an attack
   */
  readonly blastRadius?: BlastRadius;

  /**
   * How long a device stays isolated that raises no further alarm: from 1 hour to 365 days. Then it gets back what was taken.
   *
   * It ends neither what is locked out, nor what a person ordered, nor what is held or under repair.
   *
   * @default - until a person or its proof of health releases it: silence is no proof of health
   */
  readonly isolationTimeToLive?: Duration;

  /**
   * Decide, record and alert, but isolate nothing. For the first weeks with a new detector.
   *
   * @default false
   */
  readonly dryRun?: boolean;
}

/** Properties for `Playbook`. */
export interface PlaybookProps extends PlaybookOptions {
  /** 1 to 20 rules. The first that matches a signal decides; what no rule matches is observed. */
  readonly rules: ResponseRule[];
}

/**
 * Which signals lead to which response.
 *
 * Only an alarm is answered: its end, or that it cannot be told any more, is evidence for the proof of health. A device that is
 * isolated stays so until a person or its proof of health releases it.
 *
 * @example
 * new Playbook({
 *   rules: [
 *     { kinds: [SignalKind.IDENTITY], atLeast: Severity.HIGH, response: Response.LOCK_OUT },
 *     { atLeast: Severity.CRITICAL, response: Response.ISOLATE },
 *     { atLeast: Severity.LOW, response: Response.NOTIFY },
 *   ],
 *   dryRun: true,
 * });
 */
export class Playbook {
  /**
   * What a careful security engineer would choose:
   *
   * - An identity in doubt (high or worse) is locked out: isolation hangs on the identity, so it must not be trusted to hold.
   * - A device that left its limits, or what was learned of it, or that another service found or a person reported (high or
   *   worse), is isolated: it can still be repaired remotely, and all of it can be undone.
   * - What is of medium severity is told to people, who know more than the rule does.
   * - The rest is written down.
   * - At most 50 devices in any 10 minutes, and none of a protected group.
   */
  public static standard(options: PlaybookOptions = {}): Playbook {
    return new Playbook({
      ...options,
      rules: [
        { kinds: [SignalKind.IDENTITY], atLeast: Severity.HIGH, response: Response.LOCK_OUT },
        {
          kinds: [SignalKind.BEHAVIOR, SignalKind.ANOMALY, SignalKind.FINDING, SignalKind.REPORT],
          atLeast: Severity.HIGH,
          response: Response.ISOLATE,
        },
        { atLeast: Severity.MEDIUM, response: Response.NOTIFY },
      ],
    });
  }

  private readonly blastRadius: BlastRadius;

  constructor(private readonly props: PlaybookProps) {
    checkProps(undefined, 'PlaybookProps', props);
    this.blastRadius = props.blastRadius ?? BlastRadius.devices(50, Duration.minutes(10));
    validate(props);
  }

  /** The playbook in sentences, in the order in which it decides: for a review, or for the operations handbook. */
  public describe(): string[] {
    const rules = this.props.rules.map(({ kinds, atLeast, response }) => {
      const what = kinds === undefined ? 'Any signal' : `A signal of kind ${kinds.join(' or ')}`;
      return `${what} of severity ${atLeast} or worse: ${WORDS[response]}.`;
    });
    const protectedOnes = this.props.protectedGroups?.length ?? 0;
    return [
      ...(this.props.dryRun === true ? ['Dry run: what follows is decided and recorded, and not done.'] : []),
      ...rules,
      'Any other signal: write it down.',
      ...(protectedOnes === 0 ? [] : [`Devices in one of ${protectedOnes} protected groups wait for a person.`]),
      this.blastRadius._describe(),
      ...this.describeEnd(),
    ];
  }

  private describeEnd(): string[] {
    const { isolationSeconds } = this._render();
    return isolationSeconds === undefined
      ? []
      : [`A device that was only isolated, and raises no alarm for ${isolationSeconds} seconds, is released.`];
  }

  /** @internal */
  public _render(): PlaybookDocument {
    return {
      rules: this.props.rules,
      protectedGroups: this._protectedGroups.map(({ thingGroupRef }) => thingGroupRef.thingGroupName),
      dryRun: this.props.dryRun ?? false,
      blastRadius: this.blastRadius._render(),
      isolationSeconds: this.props.isolationTimeToLive?.toSeconds({ integral: false }),
    };
  }

  /** @internal */
  public get _protectedGroups(): IThingGroupRef[] {
    return this.props.protectedGroups ?? [];
  }
}

const WORDS: Record<Response, string> = {
  [Response.OBSERVE]: 'write it down',
  [Response.NOTIFY]: 'tell people',
  [Response.ISOLATE]: 'isolate the device',
  [Response.LOCK_OUT]: 'isolate the device and switch off its certificates',
  [Response.RETIRE]: 'isolate the device and revoke its certificates for good',
};

function validate({ rules, dryRun, isolationTimeToLive }: PlaybookProps): void {
  const errors = new InputErrors();
  errors.size('rules', rules, 1, MAX_RULES, 'PlaybookRulesInvalid');
  for (const [index, rule] of rules.entries()) {
    const at = `rules[${index}]`;
    errors.oneOf(`${at}.atLeast`, rule.atLeast, SEVERITIES, 'PlaybookRulesInvalid');
    errors.oneOf(`${at}.response`, rule.response, Object.values(Response), 'PlaybookRulesInvalid');
    errors.size(`${at}.kinds`, rule.kinds, 1, Object.values(SignalKind).length, 'PlaybookRulesInvalid');
    for (const kind of rule.kinds ?? [])
      errors.oneOf(`${at}.kinds`, kind, Object.values(SignalKind), 'PlaybookRulesInvalid');
    const earlier = coveredBy(rule, rules.slice(0, index));
    if (earlier !== undefined)
      errors.report(
        'PlaybookRuleUnreachable',
        `'${at}' can never decide: ${earlier} all that it matches; put the narrower rule first`,
      );
  }
  if (dryRun !== undefined && typeof dryRun !== 'boolean')
    errors.report('PlaybookRulesInvalid', `'dryRun' must be true or false, got ${String(dryRun)}`);
  const untimely = isolationTimeToLive && timeProblem('seconds', isolationTimeToLive);
  if (untimely !== undefined) errors.report('IsolationTimeInvalid', `'isolationTimeToLive' ${untimely}`);
  const seconds = untimely === undefined ? isolationTimeToLive?.toSeconds({ integral: false }) : undefined;
  const whole = (value: number) =>
    Number.isInteger(value) && value >= MIN_ISOLATION_SECONDS && value <= MAX_ISOLATION_SECONDS;
  if (seconds !== undefined && !Token.isUnresolved(seconds) && !whole(seconds))
    errors.report(
      'IsolationTimeInvalid',
      `'isolationTimeToLive' must be 1 hour to 365 days, in whole seconds, got ${seconds} seconds`,
    );
  errors.throwIfAny();
}

/** Which earlier rules, one or several together, leave nothing for a rule to decide. */
function coveredBy(rule: ResponseRule, earlier: readonly ResponseRule[]): string | undefined {
  const alone = earlier.findIndex((other) => covers(other, rule));
  if (alone !== -1) return `'rules[${alone}]' matches`;
  const kinds = rule.kinds ?? Object.values(SignalKind);
  const firsts = kinds.map((kind) => earlier.findIndex((other) => covers(other, { ...rule, kinds: [kind] })));
  if (firsts.includes(-1)) return undefined;
  const names = [...new Set(firsts)].sort((a, b) => a - b).map((index) => `'rules[${index}]'`);
  return `${names.join(' and ')} together match`;
}

function covers(one: ResponseRule, other: ResponseRule): boolean {
  const { kinds } = one;
  const allKinds = kinds === undefined || (other.kinds?.every((kind) => kinds.includes(kind)) ?? false);
  return allKinds && SEVERITIES.indexOf(one.atLeast) <= SEVERITIES.indexOf(other.atLeast);
}
