import { type IPolicyValidationContext, type PolicyValidationPluginReport, Stage } from 'aws-cdk-lib';
import { NagPack, type NagPackProps } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../internal/package-version';
import { CompliancePlugin } from './compliance-plugin';
import { AccountBaseline, ComplianceProfile } from './compliance-profile';
import { CATALOG } from './rules/catalog';
import { PLUGIN_NAME } from './waiver';

/** Properties of `ZeroTrustIotChecks`. */
export interface ZeroTrustIotChecksProps extends NagPackProps {
  /**
   * How much the rules ask for.
   *
   * @default ComplianceProfile.BASELINE
   */
  readonly profile?: ComplianceProfile;

  /**
   * Where the account's audit and logging are set up.
   *
   * @default AccountBaseline.ELSEWHERE
   */
  readonly accountBaseline?: AccountBaseline;
}

/**
 * The rules of `ZeroTrustIot` as a pack of cdk-nag 3, with the same ids, for those who register packs.
 *
 * Unlike other packs it reads the final templates, so overrides and raw resources count, warnings do not fail, and what is
 * fatal cannot be acknowledged. It stands apart from the library's entry, since cdk-nag is an optional peer.
 *
 * @see https://github.com/cdklabs/cdk-nag
 */
export class ZeroTrustIotChecks extends NagPack {
  public readonly name = PLUGIN_NAME;
  public override readonly ruleIds = CATALOG.map(({ id }) => id);
  private readonly plugin: CompliancePlugin;

  constructor(scope?: IConstruct, props: ZeroTrustIotChecksProps = {}) {
    super(scope, props);
    this.packName = PLUGIN_NAME;
    this.plugin = new CompliancePlugin({
      profile: props.profile ?? ComplianceProfile.BASELINE,
      accountBaseline: props.accountBaseline ?? AccountBaseline.ELSEWHERE,
      enforce: true,
      today: new Date().toISOString().slice(0, 10),
      version: packageVersion(),
    });
  }

  public override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    return this.plugin.validate(context);
  }

  /** Synthesizes the app or stage of the scope and judges its templates. */
  public override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    const stage = Stage.isStage(scope) ? scope : Stage.of(scope);
    if (stage === undefined) throw new Error('the scope must be in an App');
    const { directory } = stage.synth();
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const templatePaths = names.filter((name) => name.endsWith('.template.json') && !name.includes('.nested.'));
    return this.plugin.validate({
      templatePaths: templatePaths.sort().map((name) => join(directory, name)),
      appConstruct: scope.node.root,
    });
  }

  /** Nothing: the rules judge templates as a whole, not one construct after the other. */
  protected checkResource(): void {
    return undefined;
  }
}
