import { IotStatement } from './statement';
import { Topic } from './topic';

/**
 * Connecting as the thing that the certificate is attached to, under its name.
 *
 * Without `withWill`, what a client may ask for is limited to a persistent session: AWS IoT publishes a will after the
 * connection is gone, and so after the device's access may have been withdrawn. `ForAllValues` holds for a connection that
 * asks for nothing. Where a will is allowed, the policy on its topic limits it, since AWS IoT checks it as a publish.
 */
export function connectStatement(withWill: boolean): IotStatement {
  return IotStatement.allow({
    actions: ['iot:Connect'],
    resources: [`client/${Topic.THING}`],
    conditions: {
      Bool: { 'iot:Connection.Thing.IsAttached': ['true'] },
      ...(withWill ? {} : { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } }),
    },
  });
}
