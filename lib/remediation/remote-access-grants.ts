import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';

/**
 * Rights to reach isolated devices.
 *
 * @example
 * declare const access: RemoteAccess;
 * declare const analysts: iam.Role;
 * access.grants.openTunnel(analysts);
 */
export class RemoteAccessGrants {
  /** @internal */
  public static _of(arns: string[]): RemoteAccessGrants {
    return new RemoteAccessGrants(arns);
  }

  private constructor(private readonly arns: string[]) {}

  /**
   * Lets a principal open tunnels to isolated devices. It is a right of its own: who may release or retire devices has no
   * business on them.
   *
   * @param grantee Who may open tunnels
   */
  public openTunnel(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: this.arns });
  }
}
