export const FLEET_ERRORS = {
  AlertsContradict: 'Two properties that say who is told contradict each other. Keep the one named in the message.',
  SettingLeftOut:
    'Options are given for a setting of the account that is left out. Remove the options, or take the setting out of `without`.',
  EnginesWithoutBehaviors: 'Detection engines are given, but nothing to watch. State behaviors, or remove the engines.',
  PartLeftOut:
    'Options are given for a part of the fleet that is left out. Remove the options, or take the part out of `without`.',
  ResponseLeftOut:
    'Rights around incidents are asked of a fleet that has no response. Take the response out of `without`.',
  QuarantineIsFleet:
    'The group of the fleet is also its quarantine, so that isolating a device would change nothing. Give another group.',
  QuarantineUnfit:
    'A thing group that is given as quarantine cannot be one: a dynamic group takes no things, one with a parent has the policies of that, too, and the group of a fleet gives rights. Give a static root group, such as a QuarantineGroup, or leave it out.',
} as const;

export const FLEET_WARNINGS = {
  VariablesNotSet:
    'Topics of the access name an attribute or the thing type of the device, which enrollment sets on none, so that AWS IoT denies what names them. Give `attributes` or `thingType`, correct the name, or acknowledge the warning where something else sets them.',
  BehaviorsNotWatched:
    'Behaviors are stated, but no engine watches them. Give `detection`, or call `watchWith` with an engine.',
} as const;
