export interface EvidencePort {
  /** Keeps a text under a key, once; a key that exists already has the same text. */
  keep(key: string, text: string): Promise<void>;
}

export interface AlertPort {
  tell(subject: string, body: string): Promise<void>;
}
