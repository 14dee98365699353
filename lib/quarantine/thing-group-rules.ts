import type { InputErrors } from '../internal/input-errors';

/** What both groups of a fleet are described by. */
export interface ThingGroupInput {
  readonly thingGroupName?: string;
  readonly description?: string;
}

/** @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThingGroup.html */
export function checkThingGroup(errors: InputErrors, props: ThingGroupInput): void {
  errors.text('thingGroupName', props.thingGroupName, {
    maxLength: 128,
    pattern: /^[a-zA-Z0-9:_-]+$/,
    allowed: "letters, digits, ':', '_' and '-'",
    code: 'ThingGroupNameInvalid',
  });
  // To make its pattern takes longer than all else about a group.
  if (props.description === undefined) return;
  errors.text('description', props.description, {
    minLength: 0,
    maxLength: 2_028,
    pattern: /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u,
    allowed: 'visible characters and spaces',
    code: 'ThingGroupDescriptionInvalid',
  });
}
