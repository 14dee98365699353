import { at, isUnresolved, textOf } from '../model/value';
import type { Rule } from '../rule';
import { eachResource } from './support';

const STRICT = 'IoTSecurityPolicy_TLS13_1_3_2022_10';
const GOOD = [
  STRICT,
  'IoTSecurityPolicy_TLS13_1_2_2022_10',
  'IoTSecurityPolicy_TLS12_1_2_2022_10',
  'IoTSecurityPolicy_TLS13_1_2_2022_01',
];

/** An endpoint with everything said. */
export const ENDPOINT = {
  Type: 'AWS::IoT::DomainConfiguration',
  Properties: {
    DomainName: 'iot.example.com',
    ServerCertificateArns: [
      { 'Fn::Sub': 'arn:${AWS::Partition}:acm:${AWS::Region}:${AWS::AccountId}:certificate/0c2b7e9c' },
    ],
    TlsConfig: { SecurityPolicy: STRICT },
    AuthenticationType: 'AWS_X509',
    ApplicationProtocol: 'SECURE_MQTT',
    ServerCertificateConfig: { EnableOCSPCheck: true },
  },
};

export const TLS1: Rule = {
  id: 'ZTI-TLS1',
  title: "Endpoints speak today's TLS",
  tenets: [2],
  severity: 'error',
  strict: true,
  types: ['AWS::IoT::DomainConfiguration'],
  why: 'The older security policies accept cipher suites that are broken or have no forward secrecy.',
  fix: 'Leave SecurityPolicy out (the default is TLS 1.2 and 1.3), or set IoTSecurityPolicy_TLS13_1_3_2022_10 where every device speaks TLS 1.3.',
  example: { Endpoint: ENDPOINT },
  evidenceFor: ['IoT Lens IOTSEC07-BP01', 'ETSI EN 303 645 5.5-1', 'IEC 62443-4-2 CR 4.1', 'IEC 62443-4-2 CR 3.1'],
  check: (model, { profile }) =>
    eachResource(model, ['AWS::IoT::DomainConfiguration'], (properties, note) => {
      const value = at(properties, 'TlsConfig', 'SecurityPolicy');
      const policy = textOf(value);
      const meant = GOOD.find((good) => good.toLowerCase() === policy?.toLowerCase());
      const location = 'Properties/TlsConfig/SecurityPolicy';
      if (isUnresolved(value)) note(`depends on ${policy ?? ''}`, { location, unverified: true });
      else if (meant !== undefined && meant !== policy)
        // AWS IoT takes it for the one that is meant, or refuses the endpoint: neither lets an old protocol in.
        note(`writes ${policy ?? ''}, which AWS spells ${meant}`, { location, severity: 'warning' });
      else if (policy !== undefined && meant === undefined) note(`accepts ${policy}`, { location });
      else if (profile === 'strict' && policy !== STRICT)
        note(`does not insist on TLS 1.3 (${policy ?? 'default'})`, { location, severity: 'warning' });
    }),
};
