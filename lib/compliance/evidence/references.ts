/** A catalog of requirements that rules give evidence for. */
export interface Framework {
  readonly name: string;
  readonly source: string;
}

/** An item of a catalog. */
export interface ReferenceFacts {
  /** As rules name it: `IoT Lens IOTSEC04-BP01`. */
  readonly key: string;
  readonly framework: Framework;
  readonly id: string;
  readonly title: string;
}

const LENS: Framework = {
  name: 'AWS Well-Architected IoT Lens',
  source: 'https://docs.aws.amazon.com/pdfs/wellarchitected/latest/iot-lens/wellarchitected-iot-lens.pdf',
};
const ETSI: Framework = {
  name: 'ETSI EN 303 645',
  source: 'https://www.etsi.org/deliver/etsi_en/303600_303699/303645/03.01.03_60/en_303645v030103p.pdf',
};
const IEC: Framework = { name: 'IEC 62443-4-2', source: 'https://webstore.iec.ch/publication/34421' };
const NISTIR: Framework = { name: 'NISTIR 8259A', source: 'https://doi.org/10.6028/NIST.IR.8259A' };
const ONBOARDING: Framework = { name: 'NIST SP 1800-36', source: 'https://doi.org/10.6028/NIST.SP.1800-36' };
const CRA: Framework = {
  name: 'EU Cyber Resilience Act, Annex I, part I',
  source: 'https://eur-lex.europa.eu/eli/reg/2024/2847/oj',
};
const CONFIG: Framework = {
  name: 'AWS Config',
  source: 'https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html',
};

/** Titles in our words where the catalog is not free to quote. */
export const REFERENCES: readonly ReferenceFacts[] = [
  ...table(LENS, 'IoT Lens', {
    'IOTSEC01-BP01': 'Assign unique identities to each IoT device',
    'IOTSEC03-BP01': 'Implement authentication and authorization for users accessing IoT resources',
    'IOTSEC04-BP01': 'Assign least privilege access to devices',
    'IOTSEC05-BP01': 'Perform certificate lifecycle management',
    'IOTSEC06-BP01': 'Collect and analyze logs and metrics to capture authorization errors and failures',
    'IOTSEC06-BP02': 'Send alerts when security events, misconfiguration, and behavior violations are detected',
    'IOTSEC06-BP03': 'Alert on non-compliant device configurations and remediate using automation',
    'IOTSEC07-BP01': 'Configure cloud infrastructure to have secure communications',
    'IOTSEC09-BP01': 'Manage and maintain IoT device software using an automated, monitored, and audited mechanism',
    'IOTSEC10-BP01': 'Use encryption to protect IoT data in transit and at rest',
    'IOTSEC11-BP01': 'Build incident response mechanisms to address security events at scale',
    'IOTSEC14-BP02': 'Define security policy so that it can be written into verifiable checks',
    'IOTSEC15-BP02': 'Set up logging and monitoring to support audit checks for compliance',
    'IOTSEC15-BP03': 'Implement automated compliance checking using compliance as code',
  }),
  ...table(ETSI, 'ETSI EN 303 645', {
    '5.3': 'Keep software updated',
    '5.4-3': 'No critical security parameters that are hard-coded in device software',
    '5.4-4': 'Critical security parameters are unique for each device',
    '5.5': 'Communicate securely',
    '5.5-1': 'Best practice cryptography for communication',
  }),
  ...table(IEC, 'IEC 62443-4-2', {
    'CR 1.2': 'Software process and device identification and authentication',
    'CR 1.9': 'Strength of public key-based authentication',
    'CR 2.1': 'Authorization enforcement',
    'CR 3.1': 'Communication integrity',
    'CR 4.1': 'Information confidentiality',
    'CR 6.1': 'Audit log accessibility',
    'CR 6.2': 'Continuous monitoring',
    'CR 7.1': 'Denial of service protection',
  }),
  ...table(NISTIR, 'NISTIR 8259A', {
    'Device Identification': 'Each device can be told apart',
    'Device Configuration': 'Only those who may change the configuration of a device',
    'Data Protection': 'Data of a device is protected where it is stored and on its way',
    'Logical Access to Interfaces': 'Only those who may reach the interfaces of a device',
    'Software Update': 'Only those who may update the software of a device',
    'Cybersecurity State Awareness': 'A device reports on its state of security',
  }),
  {
    key: 'NIST SP 1800-36',
    framework: ONBOARDING,
    id: 'SP 1800-36',
    title: 'Trusted onboarding and lifecycle management',
  },
  ...table(CRA, 'EU CRA Annex I', {
    '(2)(c)': 'Vulnerabilities can be addressed by security updates',
    '(2)(d)': 'Protection from unauthorised access',
    '(2)(l)': 'Security related information is recorded and monitored',
  }),
  {
    key: 'AWS Config IOT_AUTHORIZER_TOKEN_SIGNING_ENABLED',
    framework: CONFIG,
    id: 'IOT_AUTHORIZER_TOKEN_SIGNING_ENABLED',
    title: 'Tokens of custom authorizers are signed',
  },
];

function table(framework: Framework, prefix: string, titles: { readonly [id: string]: string }): ReferenceFacts[] {
  return Object.entries(titles).map(([id, title]) => ({ key: `${prefix} ${id}`, framework, id, title }));
}
