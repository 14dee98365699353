import { IotStatement } from './statement';
import { Topic } from './topic';

/**
 * Connecting with a persistent session or without, but not with a last will. `ForAllValues` holds for a connection that asks
 * for nothing as well.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/connect-policy.html
 */
export const WITHOUT_WILL = { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } };

/**
 * Connecting as the thing that the certificate is attached to, under its name.
 *
 * A will is published after the connection is gone, and so after the device's access may have been withdrawn: no will unless
 * asked for. Where one is allowed, the policy on its topic limits it, since AWS IoT checks it as a publish.
 */
export function connectStatement(withWill: boolean): IotStatement {
  return IotStatement.allow({
    actions: ['iot:Connect'],
    resources: [`client/${Topic.THING}`],
    conditions: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] }, ...(withWill ? {} : WITHOUT_WILL) },
  });
}
