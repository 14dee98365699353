import { at, booleanOf, textOf } from '../model/value';
import type { Rule } from '../rule';
import { eachResource } from './support';
import { ENDPOINT } from './tls1';

export const TLS2: Rule = {
  id: 'ZTI-TLS2',
  title: 'An endpoint says how devices authenticate',
  tenets: [2, 6],
  severity: 'warning',
  types: ['AWS::IoT::DomainConfiguration'],
  why: 'Where the client may choose the authorizer, the protocol or the kind of authentication, it chooses the weakest one that is left.',
  fix: 'Set AuthenticationType and ApplicationProtocol, AllowAuthorizerOverride false, and EnableOCSPCheck for a domain of your own.',
  example: { Endpoint: ENDPOINT },
  evidenceFor: ['IoT Lens IOTSEC07-BP01', 'IEC 62443-4-2 CR 1.2'],
  check: (model) =>
    eachResource(model, ['AWS::IoT::DomainConfiguration'], (properties, note) => {
      if (booleanOf(at(properties, 'AuthorizerConfig', 'AllowAuthorizerOverride')) === true) {
        note('lets the client name the authorizer that judges it', {
          location: 'Properties/AuthorizerConfig/AllowAuthorizerOverride',
        });
      }
      for (const name of ['AuthenticationType', 'ApplicationProtocol']) {
        const value = textOf(properties[name]) ?? 'DEFAULT';
        if (value === 'DEFAULT') note(`leaves ${name} to the client`, { location: `Properties/${name}` });
      }
      const ocsp = booleanOf(at(properties, 'ServerCertificateConfig', 'EnableOCSPCheck'));
      if (properties.DomainName !== undefined && ocsp !== true)
        note('does not staple OCSP to its own server certificate', { location: 'Properties/ServerCertificateConfig' });
    }),
};
