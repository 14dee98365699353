import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../internal/configuration-error';
import { InputErrors } from '../internal/input-errors';
import { didYouMean } from '../internal/near';
import { packageVersion } from '../internal/package-version';
import { quote } from '../internal/quote';
import { STRUCTS } from '../internal/surface';
import type * as Plugin from './compliance-plugin';
import type { ReportPlace } from './compliance-plugin';
import { AccountBaseline, ComplianceProfile } from './compliance-profile';

/** Options of `ZeroTrustIot.apply`. */
export interface ZeroTrustIotOptions {
  /**
   * How much the rules ask for.
   *
   * @default ComplianceProfile.BASELINE
   */
  readonly profile?: ComplianceProfile;

  /**
   * Where the account's audit and logging are set up. With `THIS_APP` it is an error if they are missing here.
   *
   * @default AccountBaseline.ELSEWHERE
   */
  readonly accountBaseline?: AccountBaseline;

  /**
   * Whether errors fail the synthesis. Without, everything is reported as a warning; only a check that could not run fails.
   *
   * @default true
   */
  readonly enforce?: boolean;

  /**
   * File with the findings that are known already, as `zero-trust-iot check --baseline FILE --update-baseline` writes it:
   * only new ones fail.
   *
   * @default - every finding counts
   */
  readonly baselineFile?: string;

  /**
   * Whether an evidence report is written into the cloud assembly, as JSON, Markdown and HTML: what the templates show for
   * each tenet of Zero Trust, and who may do what.
   *
   * With versions of aws-cdk-lib before 2.262, which let no plug-in add files, none is written: use `zero-trust-iot check
   * cdk.out --report DIR`.
   *
   * @default true
   */
  readonly report?: boolean;

  /**
   * Name of the report's files without their extension: letters, digits, `.`, `_` and `-`, up to 100.
   *
   * @default 'zero-trust-iot-report'
   */
  readonly reportName?: string;
}

const REPORT_NAME = 'zero-trust-iot-report';
const FORMS = ['.json', '.md', '.html'];
/** Files that the CDK writes into an assembly. */
const TAKEN = ['manifest', 'tree', 'validation-report', 'policy-validation-report'];

const BRAND = Symbol.for('cdk-iot-zero-trust.Compliance');

/**
 * Judges every template of an app by rules for AWS IoT, when it is synthesized.
 *
 * The rules read the final templates, with nested stacks, references between stacks, raw resources and overrides, whoever
 * made them; policies are judged by what they let one device do to another. A finding is waived with
 * `Validations.of(construct).acknowledge({ id: 'ZeroTrustIoT::ZTI-POL3', reason: '... owner=... until=2027-06-30' })`:
 * a reason of at least 20 characters, who answers for it, and an end within a year. What is fatal cannot be waived.
 *
 * For apps whose stacks are in stages run `cdk synth '**'`: some versions of the CLI end `cdk synth` with success although
 * validation failed. `app.synth()` in a unit test throws, and `Template.fromStack(stack)` of a stack that is in no stage.
 *
 * @see https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust/blob/main/docs/compliance/README.md
 *
 * @example
 * const app = new App();
 * ZeroTrustIot.apply(app, {
 *   profile: ComplianceProfile.STRICT,
 *   accountBaseline: AccountBaseline.THIS_APP,
 *   baselineFile: 'known-findings.json',
 * });
 */
export class ZeroTrustIot {
  /**
   * Applies the rules to all stacks of an app or a stage.
   *
   * Fails if they are applied already, to something that is neither app nor stage, with an option that is none, or
   * with a name of the report that is none.
   */
  public static apply(scope: IConstruct, options: ZeroTrustIotOptions = {}): void {
    if (!Stage.isStage(scope)) {
      throw new ConfigurationError('ComplianceScopeInvalid', "'scope' must be an App or a Stage", scope);
    }
    const twice = [...scope.node.scopes, ...scope.node.findAll()].find((each) => BRAND in each);
    if (twice !== undefined) {
      const where = twice.node.path === '' ? 'the app' : `'${twice.node.path}'`;
      throw new ConfigurationError(
        'ComplianceAppliedTwice',
        `the rules are applied to ${where} already; apply them once`,
        scope,
      );
    }
    const errors = new InputErrors(scope);
    refuseUnknown(errors, options);
    errors.oneOf('profile', options.profile, Object.values(ComplianceProfile));
    errors.oneOf('accountBaseline', options.accountBaseline, Object.values(AccountBaseline));
    errors.throwIfAny();
    const report = reportOf(scope, options);
    Object.defineProperty(scope, BRAND, { value: true });
    const { CompliancePlugin } = rules();
    Validations.of(scope).addPlugins(
      new CompliancePlugin({
        profile: options.profile ?? ComplianceProfile.BASELINE,
        accountBaseline: options.accountBaseline ?? AccountBaseline.ELSEWHERE,
        enforce: options.enforce ?? true,
        baseline: baselineOf(scope, options),
        report,
        today: new Date().toISOString().slice(0, 10),
        version: packageVersion(),
      }),
    );
  }

  private constructor() {}
}

const OPTIONS = Object.keys(STRUCTS.ZeroTrustIotOptions ?? {});

/** A gate that heeds only a part of what it was told is not the one that somebody set up. */
function refuseUnknown(errors: InputErrors, options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || OPTIONS.includes(name)) continue;
    errors.report(
      'InputPropertyUnknown',
      `'${name}' is no option; known are ${OPTIONS.join(', ')}${didYouMean(name, OPTIONS)}`,
    );
  }
}

/** The rules are a third of the library, and most apps of a test run do not apply them. */
function rules(): typeof Plugin {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import at the top would load them for all
  return require('./compliance-plugin') as typeof Plugin;
}

/** The text of the baseline, as the command line would take it. */
function baselineOf(scope: Stage, { baselineFile }: ZeroTrustIotOptions): string | undefined {
  if (baselineFile === undefined) return undefined;
  try {
    const text = readFileSync(baselineFile, 'utf8');
    rules().readBaseline(text);
    return text;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(
      'ComplianceBaselineUnreadable',
      `'baselineFile' must be a file that zero-trust-iot check has written, got ${quote(baselineFile)} (${code ?? message})`,
      scope,
    );
  }
}

/** Where the report goes. The one of an earlier synthesis is removed, since a plug-in may not change what is there. */
function reportOf(scope: Stage, options: ZeroTrustIotOptions): ReportPlace | undefined {
  const name = options.reportName ?? REPORT_NAME;
  if (Token.isUnresolved(name) || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name) || TAKEN.includes(name)) {
    throw new ConfigurationError(
      'ComplianceReportNameInvalid',
      `'reportName' must be a name of a file without its extension: letters, digits, '.', '_' and '-', at most 100, and none that the CDK uses (${TAKEN.join(', ')}), got ${quote(name)}`,
      scope,
    );
  }
  if (options.report === false) return undefined;
  const folder = scope.outdir;
  const remove = (): string[] => {
    for (const form of FORMS) rmSync(join(folder, name + form), { force: true });
    return [];
  };
  remove();
  scope.node.addValidation({ validate: remove });
  return { folder, name };
}
