import type { Response, Severity, SignalKind, SourceKind } from './contract';

/** `in alarm`, `no longer in alarm`, or `cannot be told any more`. Only the first is ever acted on. */
export type Phase = 'alarm' | 'cleared' | 'invalidated';

export type Subject =
  { readonly kind: 'thing'; readonly name: string } | { readonly kind: 'certificate'; readonly id: string };

/** What any detector has to say about one device, in one form. */
export interface SecuritySignal {
  readonly source: SourceKind;
  /** The same for the same statement of the same source, however often it is delivered. */
  readonly id: string;
  /** When it happened, in milliseconds, by the source's clock. */
  readonly time: number;
  readonly subject: Subject;
  readonly phase: Phase;
  readonly kind: SignalKind;
  readonly severity: Severity;
  /** Which behavior, check or type of finding; an alarm and its end share it. */
  readonly about: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  /** The client id of the session in question, where the source knows it and it is not the thing name. */
  readonly clientId?: string;
  /** What a person asks for. */
  readonly response?: Response;
}

const CERTIFICATE_PREFIX = 'certificate/';

/** The key of the incidents of a certificate itself: of one that was on no thing. */
export function certificateKey(id: string): string {
  return CERTIFICATE_PREFIX + id;
}

/** The key of a device's incidents. A thing name has no slash, so the two kinds cannot be confused. */
export function subjectKey(subject: Subject): string {
  return subject.kind === 'thing' ? subject.name : certificateKey(subject.id);
}

export function subjectOf(key: string): Subject {
  return key.startsWith(CERTIFICATE_PREFIX)
    ? { kind: 'certificate', id: key.slice(CERTIFICATE_PREFIX.length) }
    : { kind: 'thing', name: key };
}
