import { MAX_POLICIES_PER_GROUP } from './contract';

/** Something that a person has to decide; the name and the message reach CloudFormation as the reason. */
export class Failure extends Error {
  constructor(
    public override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export function groupFull(groupArn: string, wanted: number, foreign: readonly string[]): Failure {
  return new Failure(
    'GroupFull',
    `a thing group holds at most ${MAX_POLICIES_PER_GROUP} policies, and ${foreign.map((name) => `'${name}'`).join(', ')} ` +
      `on ${groupArn} ${foreign.length === 1 ? 'was' : 'were'} attached by somebody else, which leaves no room for the ` +
      `${wanted} of this resource. Detach what is not needed (aws iot detach-policy), or attach to another group.`,
  );
}

export function membersRemain(groupName: string, members: readonly string[]): Failure {
  return new Failure(
    'GroupHasMembers',
    `the thing group '${groupName}' still has members (${members.join(', ')}${members.length > 4 ? ', …' : ''}), and deleting ` +
      'it would give them their access back. Move them out (aws iot remove-thing-from-thing-group) and delete again, or ' +
      'delete the stack while retaining the group, its policies and this resource.',
  );
}
