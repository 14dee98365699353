import type { Rule } from '../rule';
import { AUD1 } from './aud1';
import { AUD2 } from './aud2';
import { AUD3 } from './aud3';
import { AUD4 } from './aud4';
import { AUT1 } from './aut1';
import { AUT2 } from './aut2';
import { CA1 } from './ca1';
import { CA2 } from './ca2';
import { COG1 } from './cog1';
import { DET1 } from './det1';
import { DET2 } from './det2';
import { ENC1 } from './enc1';
import { ENGINE } from './engine';
import { GEN1 } from './gen1';
import { GEN2 } from './gen2';
import { ID1 } from './id1';
import { ID2 } from './id2';
import { ID3 } from './id3';
import { ID4 } from './id4';
import { JOB1 } from './job1';
import { LOG1 } from './log1';
import { MIT1 } from './mit1';
import { MIT2 } from './mit2';
import { MIT3 } from './mit3';
import { POL1 } from './pol1';
import { POL10 } from './pol10';
import { POL2 } from './pol2';
import { POL3 } from './pol3';
import { POL4 } from './pol4';
import { POL5 } from './pol5';
import { POL6 } from './pol6';
import { POL7 } from './pol7';
import { POL8 } from './pol8';
import { POL9 } from './pol9';
import { PRV1 } from './prv1';
import { PRV2 } from './prv2';
import { PRV3 } from './prv3';
import { PRV4 } from './prv4';
import { RA1 } from './ra1';
import { RA2 } from './ra2';
import { RA3 } from './ra3';
import { RUL1 } from './rul1';
import { RUL2 } from './rul2';
import { TLS1 } from './tls1';
import { TLS2 } from './tls2';

/** Every rule, in the order in which reports and documents list them. */
export const CATALOG: readonly Rule[] = [
  ...[POL1, POL2, POL3, POL4, POL5, POL6, POL7, POL8, POL9, POL10],
  ...[ID1, ID2, ID3, ID4],
  ...[PRV1, PRV2, PRV3, PRV4],
  ...[CA1, CA2, TLS1, TLS2, AUT1, AUT2, RA1, RA2, RA3, COG1],
  ...[AUD1, AUD2, AUD3, AUD4, DET1, DET2],
  ...[MIT1, MIT2, MIT3, LOG1, RUL1, RUL2, JOB1, ENC1],
  ...[GEN1, GEN2, ENGINE],
];
