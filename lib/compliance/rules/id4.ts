import { RESOURCE_TYPE as REGISTRATION } from '../../../lambda/register-device/contract';
import type { Model } from '../model/model';
import { at, isMap, listOf, targetsOf, type ValueMap } from '../model/value';
import type { Rule } from '../rule';
import { eachResource } from './support';

export const ID4: Rule = {
  id: 'ZTI-ID4',
  title: 'The registry says whose things these are',
  tenets: [1, 7],
  severity: 'warning',
  types: ['AWS::IoT::Thing', 'AWS::IoT::ThingGroup'],
  why: 'An incident begins with the question whose device this is. A registry of bare names does not answer.',
  fix: 'Give things attributes (owner, site, model) and thing groups a description or tags.',
  example: {
    Thing: {
      Type: 'AWS::IoT::Thing',
      Properties: { AttributePayload: { Attributes: { owner: 'plant-4', model: 'p200' } } },
    },
    Group: { Type: 'AWS::IoT::ThingGroup', Properties: { Tags: [{ Key: 'owner', Value: 'plant-4' }] } },
  },
  evidenceFor: ['IoT Lens IOTSEC01-BP01', 'NISTIR 8259A Device Identification'],
  check: (model) => [
    ...eachResource(model, ['AWS::IoT::Thing'], (properties, note, { id }) => {
      if (!hasMembers(at(properties, 'AttributePayload', 'Attributes')) && !registeredWithAttributes(model).has(id))
        note('has no attributes: nothing says whose it is', { location: 'Properties/AttributePayload' });
    }),
    ...eachResource(model, ['AWS::IoT::ThingGroup'], (properties, note) => {
      if (!isDescribed(properties))
        note('has neither description, attributes nor tags', { location: 'Properties/ThingGroupProperties' });
    }),
  ],
};

/** Things that `Device` of this library gives attributes, which takes a custom resource. */
function registeredWithAttributes(model: Model): ReadonlySet<string> {
  return new Set(
    model
      .ofType(REGISTRATION)
      .flatMap(({ variants }) => variants.filter(({ value }) => hasMembers(at(value, 'Attributes'))))
      .flatMap(({ value }) => targetsOf(value.ThingName).map(({ resource }) => resource)),
  );
}

function isDescribed(properties: ValueMap): boolean {
  const described = at(properties, 'ThingGroupProperties', 'ThingGroupDescription') !== undefined;
  return (
    described ||
    listOf(properties.Tags).length > 0 ||
    hasMembers(at(properties, 'ThingGroupProperties', 'AttributePayload', 'Attributes'))
  );
}

function hasMembers(value: ReturnType<typeof at>): boolean {
  return value !== undefined && (!isMap(value) || Object.keys(value).length > 0);
}
