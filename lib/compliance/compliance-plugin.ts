import { basename, dirname, join, relative } from 'node:path';
import {
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stage,
  Validations,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { readBaseline } from './baseline';
import { type CheckInput, type CheckResult, judge } from './engine';
import { evidenceOf } from './evidence/evidence';
import { digestOfFile, writeEvidence } from './evidence/write';
import type { Model } from './model/model';
import { failOldCdk } from './old-cdk';
import type { Finding } from './rule';
import { CATALOG } from './rules/catalog';
import { ENGINE } from './rules/engine';
import { readAssembly, type Source, waiversIn } from './source/assembly';
import { PLUGIN_NAME, type WaiverText } from './waiver';

export { readBaseline };

export interface PluginSettings {
  readonly profile: CheckInput['profile'];
  readonly accountBaseline: CheckInput['accountBaseline'];
  /** False: findings are reported and do not fail. */
  readonly enforce: boolean;
  /** Text of the baseline file. */
  readonly baseline?: string;
  /** Where the evidence report goes. */
  readonly report?: ReportPlace;
  readonly today: string;
  readonly version: string;
}

/** Folder, and name of the files without their extension. */
export interface ReportPlace {
  readonly folder: string;
  readonly name: string;
}

/** What the CDK hands to a plug-in; older versions hand over the paths alone. */
interface ValidationContext {
  readonly templatePaths: string[];
  readonly appConstruct?: IConstruct;
}

/**
 * The rules as a validation plug-in of the CDK.
 *
 * It never throws: a plug-in that does lets `cdk synth` end with exit code 0. And it says that it ran: what goes wrong is a
 * fatal violation, which nobody can acknowledge.
 */
export class CompliancePlugin implements IPolicyValidationPlugin {
  public readonly name = PLUGIN_NAME;
  public readonly version: string;
  public readonly ruleIds = CATALOG.map(({ id }) => id);
  /** Of the last check. */
  private model?: Model;

  constructor(private readonly settings: PluginSettings) {
    this.version = settings.version;
  }

  public validate(context: ValidationContext): PolicyValidationPluginReport {
    const report = this.reportOn(context);
    if (context.appConstruct === undefined) failOldCdk(report);
    return report;
  }

  private reportOn(context: ValidationContext): PolicyValidationPluginReport {
    try {
      const folder = rootOf(context);
      const result = this.judge(context, folder);
      if (this.settings.report !== undefined && this.model !== undefined)
        this.write(result, this.model, folder, this.settings.report);
      return this.report(result, folder, context);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { success: false, violations: [engineViolation(`the check failed: ${message}`, context)] };
    }
  }

  /** Judges the assembly that a context names. */
  public judge(context: ValidationContext, folder: string): CheckResult {
    const source = sourceOf(context, folder);
    const { baseline, profile, accountBaseline, today } = this.settings;
    const { result, model } = judge({
      ...source,
      profile,
      accountBaseline,
      today,
      waivers: context.appConstruct === undefined ? source.waivers : waiversBelow(context.appConstruct),
      known: baseline === undefined ? undefined : readBaseline(baseline),
    });
    this.model = model;
    return result;
  }

  /** The evidence report. Old versions of the CDK let no plug-in add a file to the assembly. */
  private write(result: CheckResult, model: Model, folder: string, place: ReportPlace): void {
    if (!mayAddFiles()) return;
    const digestOf = (path: string): string | undefined => digestOfFile(join(folder, path));
    writeEvidence(evidenceOf({ result, model, version: this.version, digestOf }), place.folder, place.name);
  }

  private report(result: CheckResult, folder: string, context: ValidationContext): PolicyValidationPluginReport {
    const isOld = context.appConstruct === undefined;
    // Waived findings are handed over too: the CDK lists them as suppressed, with reason and place. An old one would drop
    // every finding of an acknowledged rule, wherever it is: it gets those that are not waived as what it cannot drop.
    const waived = isOld ? [] : result.waived;
    const violations = [...result.findings, ...waived].map((finding) => this.violation(finding, folder));
    const guarded = violations.map((each) =>
      isOld && each.severity === 'error' ? { ...each, severity: 'fatal' } : each,
    );
    return {
      success: result.success || (!this.settings.enforce && !result.broken),
      violations: guarded,
      metadata: { templates: String(result.templates.length), known: String(result.known.length) },
    };
  }

  private violation(finding: Finding, folder: string): PolicyViolation {
    const observed = !this.settings.enforce && finding.ruleId !== ENGINE.id;
    return {
      ruleName: finding.ruleId,
      description: `${finding.title}: ${finding.message}${finding.when.length === 0 ? '' : ` (when ${finding.when.join(', ')})`}`,
      fix: `${finding.fix} ${finding.docs}`,
      severity: observed ? 'warning' : finding.severity,
      ruleMetadata: { tenets: finding.tenets.map((tenet) => `T${tenet}`).join(' '), docs: finding.docs },
      violatingResources: [
        {
          ...(finding.logicalId === undefined
            ? { constructPath: finding.constructPath ?? '' }
            : { resourceLogicalId: finding.logicalId }),
          templatePath: join(folder, finding.file),
          locations: [finding.location ?? 'Properties'],
        },
      ],
    };
  }
}

/** Whether plug-ins may add files: they may since the CDK has a validator of its own (2.262). */
function mayAddFiles(): boolean {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name is missing in old versions: an import would not compile
  return 'CloudFormationValidatePlugin' in (require('aws-cdk-lib') as object);
}

/** The folder of the app's assembly: the one that all templates are below. */
function rootOf({ appConstruct, templatePaths }: ValidationContext): string {
  const outdir = Stage.isStage(appConstruct) ? appConstruct.outdir : undefined;
  const folders = templatePaths.map((path) => dirname(path)).sort((a, b) => a.length - b.length);
  let folder = outdir ?? folders[0];
  if (folder === undefined) throw new Error('the CDK named no template');
  while (folders.some((each) => relative(folder as string, each).startsWith('..'))) folder = dirname(folder);
  return folder;
}

/** The templates that the plug-in is asked about, with those that they nest. */
function sourceOf({ templatePaths }: ValidationContext, folder: string): Source {
  const asked = new Set(templatePaths.map((path) => relative(folder, path)));
  const folders = [...new Set(templatePaths.map((path) => dirname(path)))].sort();
  const all = folders.map((each) => readAssembly(each, folder, { recursive: false }));
  const files = all.flatMap((source) => source.files);
  const missing = [...asked].filter((path) => !files.some((file) => file.path === path));
  return {
    // Nested templates stand beside the ones that were asked about; other stacks of the folder may belong to nobody here.
    files: files.filter(({ path }) => asked.has(path) || basename(path).includes('.nested.')),
    waivers: all.flatMap((source) => source.waivers),
    failures: [
      ...all.flatMap((source) => source.failures),
      ...missing.map((path) => ({ path, message: 'was not found in the assembly' })),
    ],
  };
}

/** Acknowledgements of the whole tree: also those of the app and its stages, which no stack's metadata holds. */
function waiversBelow(root: IConstruct): WaiverText[] {
  return root.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => waiversIn(node.path, data)),
    );
}

function engineViolation(message: string, { templatePaths }: ValidationContext): PolicyViolation {
  return {
    ruleName: ENGINE.id,
    description: `${ENGINE.title}: ${message}`,
    fix: ENGINE.fix,
    severity: 'fatal',
    violatingResources: [{ constructPath: '', templatePath: templatePaths[0], locations: ['Properties'] }],
  };
}
