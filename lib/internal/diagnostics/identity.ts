export const IDENTITY_ERRORS = {
  ThingNameInvalid:
    "A thing name or its prefix has characters or a length that the registry refuses. Use letters, digits, ':', '_' and '-', 128 characters at most with the serial number.",
  ThingAttributesInvalid:
    "An attribute of a thing has a name or value that the registry refuses, or one that the library sets itself. Use the characters and lengths named in the message: values have no spaces and no '+'.",
  ThingAttributesTooMany:
    'A thing has more attributes than the registry keeps: 3 without a thing type, 50 with one. Give a thing type or fewer attributes.',
  AllowListUnreadable:
    'The file of an allow-list cannot be read as UTF-8 text. Give the path of a text or CSV file with one serial number a line.',
  AllowListInvalid:
    'A line of an allow-list is not a serial number that can be part of a thing name. Correct the lines that the message names.',
  AllowListDuplicate:
    'A serial number stands twice on an allow-list, so that one of two devices could never enroll. Remove one of the lines, or correct it if they are two devices.',
  AllowListTooLong:
    'An allow-list has more serial numbers than one import brings into its table. Split the fleet, or fill the table yourself and use AllowList.managedOutside().',
  ProvisioningTemplateNameInvalid:
    "The name of a provisioning template has characters or a length that AWS IoT refuses. Use 1 to 36 letters, digits, '_' and '-', or leave it out.",
  ProvisioningTemplateTooLong:
    'A provisioning template is longer than the 10,240 characters that AWS IoT takes. Give its things fewer or shorter attributes.',
  ClaimCertificateInvalid:
    'A claim certificate is not named by the ARN of a certificate in AWS IoT, is named twice, or there are too many. Give ARNs like arn:aws:iot:REGION:ACCOUNT:cert/ID, never the certificate or its key.',
  CertificateRequestInvalid:
    'The text given as certificate signing request is not one (PKCS #10 in PEM), or was not signed with its own key. Give the content of the .csr file that the device made.',
  CertificateKeyWeak:
    'The key of a certificate signing request is of a kind or size that AWS IoT refuses. Use RSA with at least 2048 bits, or NIST P-256, P-384 or P-521.',
  PrivateKeyGiven:
    'A private key was given where something public belongs. Treat that key as leaked: delete it, make a new one on the device, and give only the CSR.',
  TooManyDevices:
    'A stack has more devices than its 500 resources hold. Let devices enroll themselves with Enrollment.byClaim(), which takes the same few resources for any number, or spread them over stacks.',
} as const;

export const IDENTITY_WARNINGS = {
  ClaimCertificateRegionUnknown:
    'The ARN of a claim certificate names a region that this version of the CDK does not know, in a stack that may go to any: a deployment elsewhere fails. Correct the region, or acknowledge the warning where it is new.',
  SerialsReusable:
    'Devices that are enrolled may enroll again with their serial number, and so may whoever has a claim certificate and knows it. Acknowledge the warning if devices must re-enroll without a person, or leave `oneTimeUse` at true.',
} as const;
