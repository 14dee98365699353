import { encode } from 'cbor2/encoder';
import { Tag } from 'cbor2/tag';
import fc from 'fast-check';
import { valueOfCbor } from '../../../lambda/evaluate-behaviors/cbor';
import { parseReport } from '../../../lambda/evaluate-behaviors/report';
import { LONG_REPORT, SHORT_REPORT } from './golden';

/** The format, and what the service makes of it: https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html */
const header = { report_id: 7, version: '1.0' };
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');
const json = (body: unknown): string => base64(JSON.stringify(body));
const cbor = (body: unknown): string => base64(encode(body));
const FORMATS = { json, cbor } as const;
type Format = keyof typeof FORMATS;
const formats = Object.keys(FORMATS) as Format[];
const of = (format: Format, body: object) => parseReport(FORMATS[format]({ header, ...body }));
const metrics = (format: Format, body: object) => of(format, { metrics: body });

describe.each(formats)('a report in %s', (format) => {
  const read = (body: unknown) => parseReport(FORMATS[format](body));

  test('of the documentation, in long and in short names, says the same', () => {
    const numbers = {
      'listening-tcp-port-count': 3,
      'listening-udp-port-count': 2,
      'bytes-in': 29358693495,
      'bytes-out': 26485035,
      'packets-in': 10013573555,
      'packets-out': 11382615,
      'established-tcp-connections': 2,
    };
    const ports = { 'listening-tcp-ports': [24800, 22, 53], 'listening-udp-ports': [5353, 67] };
    const custom = {
      MyMetricOfType_Number: { type: 'number', number: 1 },
      MyMetricOfType_NumberList: { type: 'number-list', numbers: [1, 2, 3] },
      MyMetricOfType_StringList: { type: 'string-list', texts: ['value_1', 'value_2'] },
      MyMetricOfType_IpList: { type: 'ip-address-list', texts: ['172.0.0.0', '172.0.0.10'] },
    };
    const said = { numbers, ports, addresses: ['192.168.0.1', '192.168.0.1'], custom };
    expect(read(LONG_REPORT)).toEqual({ ok: true, value: { id: '1530304554', ...said } });
    expect(read(SHORT_REPORT)).toMatchObject({ ok: true, value: { id: '1530305228', ports, custom } });
  });

  /**
   * What the AWS IoT Device Client makes of one TCP port, one UDP port, and a connection: it lists both ports as TCP.
   * https://github.com/awslabs/aws-c-iot/blob/73f16be6a698f66f9a7b140d933b505129644665/source/device_defender.c
   */
  test('of the AWS IoT Device Client is taken as it is', () => {
    const port = (number: number) => ({ interface: 'eth0', port: number });
    const connection = { local_interface: 'eth0', local_port: 40_112, remote_addr: '203.0.113.7:8883' };
    const body = {
      header: { report_id: 86_400_123, version: '1.0' },
      metrics: {
        listening_tcp_ports: { ports: [port(22), port(68)], total: 1 },
        tcp_connections: { established_connections: { connections: [connection], total: 1 } },
        listening_udp_ports: { ports: [], total: 1 },
        network_stats: { bytes_in: 0, bytes_out: 0, packets_in: 0, packets_out: 0 },
      },
      custom_metrics: { load: [{ number: 0.25 }], modules: [{ string_list: ['a', 'b'] }] },
    };
    expect(read(body)).toEqual({
      ok: true,
      value: {
        id: '86400123',
        numbers: {
          ...{ 'listening-tcp-port-count': 1, 'listening-udp-port-count': 1, 'established-tcp-connections': 1 },
          ...{ 'bytes-in': 0, 'bytes-out': 0, 'packets-in': 0, 'packets-out': 0 },
        },
        ports: { 'listening-tcp-ports': [22, 68], 'listening-udp-ports': [] },
        addresses: ['203.0.113.7'],
        custom: { load: { type: 'number', number: 0.25 }, modules: { type: 'string-list', texts: ['a', 'b'] } },
      },
    });
  });

  test.each<[string, unknown, string]>([
    ['a list', [], 'report: not an object in JSON or CBOR'],
    ['no header', { metrics: {} }, 'report: no report id'],
    ['a header that is a list', { header: [1], metrics: {} }, 'report: no report id'],
    ['no report id', { header: { version: '1.0' }, metrics: {} }, 'report: no report id'],
    ['a report id that is a text', { header: { report_id: '7', version: '1.0' }, metrics: {} }, 'report: no report id'],
    ['a negative report id', { header: { report_id: -1, version: '1.0' }, metrics: {} }, 'report: no report id'],
    [
      'a report id that is not exact',
      { header: { report_id: 2 ** 60, version: '1.0' }, metrics: {} },
      'report: no report id',
    ],
    ['no version', { header: { report_id: 7 }, metrics: {} }, 'report: not version 1'],
    ['a version that is a number', { header: { report_id: 7, version: 1 }, metrics: {} }, 'report: not version 1'],
    ['another version', { header: { report_id: 7, version: '2.0' }, metrics: {} }, 'report: not version 1'],
    ['neither of the blocks', { header }, 'report: no metrics'],
    ['blocks that are lists', { header, metrics: [], custom_metrics: [] }, 'report: no metrics'],
  ])('with %s is refused', (_name, body, reason) => expect(read(body)).toEqual({ ok: false, reason }));

  test.each<[string, object]>([
    ['a bare object for a custom metric', { custom_metrics: { own: { number: 1 } } }],
    ['two values of a custom metric', { custom_metrics: { own: [{ number: 1 }, { number: 2 }] } }],
    ['no value of a custom metric', { custom_metrics: { own: [] } }],
    ['a custom metric of no known type', { custom_metrics: { own: [{ text: 'x' }] } }],
    ['a number that is a text', { custom_metrics: { own: [{ number: '1' }] } }],
    ['a list of numbers with a text', { custom_metrics: { own: [{ number_list: [1, '2'] }] } }],
    ['a list of numbers that is none', { custom_metrics: { own: [{ number_list: 1 }] } }],
    ['a list of texts with a number', { custom_metrics: { own: [{ string_list: ['a', 1] }] } }],
    ['a text without end', { custom_metrics: { own: [{ string_list: ['x'.repeat(257)] }] } }],
    ['a list of addresses with a number', { custom_metrics: { own: [{ ip_list: [1] }] } }],
    ['a name that no metric has', { custom_metrics: { 'a b': [{ number: 1 }] } }],
    [
      'more than 100 custom metrics',
      { custom_metrics: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, [{ number: 1 }]])) },
    ],
    ['network statistics that are a number', { metrics: { network_stats: 1 } }],
    ['a count that is a text', { metrics: { network_stats: { bytes_in: '1' } } }],
    ['a negative count', { metrics: { network_stats: { bytes_in: -1 } } }],
    ['half a byte', { metrics: { network_stats: { bytes_out: 0.5 } } }],
    ['ports that are no list', { metrics: { listening_tcp_ports: { ports: 22 } } }],
    ['ports that are numbers', { metrics: { listening_tcp_ports: { ports: [22] } } }],
    ['a port beyond 65,535', { metrics: { listening_udp_ports: { ports: [{ port: 65_536 }] } } }],
    ['a list without end', { metrics: { listening_udp_ports: { ports: Array<object>(1_001).fill({ port: 1 }) } } }],
    ['connections that are no list', { metrics: { tcp_connections: { established_connections: { connections: 1 } } } }],
    [
      'a connection without address',
      { metrics: { tcp_connections: { established_connections: { connections: [{}] } } } },
    ],
    ['a connection that is none', { metrics: { tcp_connections: { established_connections: { connections: [1] } } } }],
  ])('with %s is malformed as a whole', (_name, body) => {
    expect(of(format, body)).toEqual({ ok: false, reason: 'report: malformed' });
    // Also where all else is right.
    const both = { metrics: { network_stats: { bytes_in: 1 } }, custom_metrics: { fine: [{ number: 1 }] } };
    expect(of(format, { ...both, ...body })).toEqual({ ok: false, reason: 'report: malformed' });
  });

  test('may leave out totals, which then are the lengths of lists, and lists', () => {
    const established = { connections: [{ remote_addr: '192.0.2.1:443' }, { remote_addr: '[2001:db8::1]:443' }] };
    const body = {
      listening_tcp_ports: { ports: [{ port: 22 }, { interface: 'eth0', port: 443 }] },
      listening_udp_ports: { total: 5 },
      tcp_connections: { established_connections: established },
    };
    expect(metrics(format, body)).toMatchObject({
      value: {
        numbers: {
          'listening-tcp-port-count': 2,
          'listening-udp-port-count': 5,
          'established-tcp-connections': 2,
        },
        ports: { 'listening-tcp-ports': [22, 443] },
        addresses: ['192.0.2.1', '2001:db8::1'],
      },
    });
    const total = { tcp_connections: { established_connections: { total: 9 } } };
    expect(metrics(format, total)).toMatchObject({
      value: { numbers: { 'established-tcp-connections': 9 }, addresses: undefined },
    });
    for (const nothing of [{}, { network_stats: {} }, { tcp_connections: {} }, { other: 1 }])
      expect(metrics(format, nothing)).toMatchObject({ ok: true, value: { numbers: {}, ports: {} } });
  });

  test('may have negative and broken numbers where they are custom', () => {
    const own = { own: [{ number: -1.5 }], list: [{ number_list: [] }] };
    expect(of(format, { custom_metrics: own })).toMatchObject({
      value: { custom: { own: { number: -1.5 }, list: { numbers: [] } } },
    });
  });

  test('has no name that is a part of every object', () => {
    const body = JSON.parse('{"custom_metrics":{"__proto__":[{"number":1}],"constructor":[{"number":2}]}}') as object;
    const report = of(format, body);
    expect(report.ok && Object.keys(report.value.custom).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as { number?: number }).number).toBeUndefined();
  });
});

describe('bytes in CBOR', () => {
  const hex = (text: string) => parseReport(base64(Buffer.from(text.replaceAll(' ', ''), 'hex')));

  test('of the length that its end tells, as small encoders write, are read', () => {
    // {_ "header": {"report_id": 7, "version": "1.0"}, "metrics": {_ }}, by https://www.rfc-editor.org/rfc/rfc8949#section-3.2
    expect(
      hex('bf 66 686561646572 a2 69 7265706f72745f6964 07 67 76657273696f6e 63 312e30 67 6d657472696373 bf ff ff'),
    ).toMatchObject({ ok: true, value: { id: '7' } });
  });

  test('that say of themselves that they are CBOR are read like those that do not', () => {
    // Tag 55799, by https://www.rfc-editor.org/rfc/rfc8949#section-3.4.6
    const plain = { header: { report_id: 7, version: '1.0' }, metrics: { network_stats: { bytes_in: 5 } } };
    const bytes = encode(plain);
    const described = encode(new Tag(55_799, plain));
    expect(Buffer.from(described).toString('hex')).toBe(`d9d9f7${Buffer.from(bytes).toString('hex')}`);
    expect(parseReport(base64(described))).toEqual(parseReport(base64(bytes)));
    expect(parseReport(base64(described))).toMatchObject({ ok: true, value: { numbers: { 'bytes-in': 5 } } });
    for (const wrong of ['d9d9f7', 'd9d9f7 01', 'd9d9f7 7b7d', 'd9d9', 'd9d9f6 a0', 'd9d9f7 a0 00'])
      expect(hex(wrong)).toEqual({ ok: false, reason: 'report: not an object in JSON or CBOR' });
  });

  test.each([
    ['cut off', 'a2 01'],
    ['with bytes behind', 'a0 00'],
    ['with a key that stands twice', 'a2 61 61 01 61 61 02'],
    ['deeper than any report', `a1 61 61 ${'81'.repeat(90_000)}`],
    ['that promise more than there is', 'bb 00000000ffffffff'],
    ['that promise more than there can be', 'bb ffffffffffffffff'],
  ])('%s are refused', (_name, text) => {
    expect(hex(text)).toEqual({ ok: false, reason: 'report: not an object in JSON or CBOR' });
  });

  test('that are a number, a tag or a map of numbers are no report', () => {
    expect(valueOfCbor(Buffer.from('01', 'hex'))).toBe(1);
    expect(hex('a1 01 02')).toEqual({ ok: false, reason: 'report: no report id' });
    expect(hex('c1 00')).toEqual({ ok: false, reason: 'report: not an object in JSON or CBOR' });
  });

  test('keep their tags, whatever else in the process knows what these mean', () => {
    const known = Tag.registerDecoder(1, () => 'a date');
    try {
      expect(valueOfCbor(Buffer.from('c100', 'hex'))).toMatchObject({ tag: 1, contents: 0 });
    } finally {
      if (known === undefined) Tag.clearDecoder(1);
      else Tag.registerDecoder(1, known);
    }
  });

  test('with a text of bytes, a tag or a number beyond what is exact where a number should be are malformed', () => {
    const odd = [new Uint8Array([1]), new Date(0), 2n ** 64n, undefined];
    for (const number of odd)
      expect(of('cbor', { custom_metrics: { own: [{ number }] } })).toEqual({ ok: false, reason: 'report: malformed' });
  });
});

test('a report that is longer than a message of AWS IoT is refused unread', () => {
  expect(parseReport('A'.repeat(180_000))).toEqual({ ok: false, reason: 'report: too long' });
  expect(parseReport('')).toEqual({ ok: false, reason: 'report: not an object in JSON or CBOR' });
});

test('what is read in one format is read the same in the other', () => {
  const value = fc.oneof(
    fc.record({ number: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ number_list: fc.array(fc.integer(), { maxLength: 5 }) }),
    fc.record({ string_list: fc.array(fc.string({ maxLength: 9 }), { maxLength: 5 }) }),
    fc.record({ ip_list: fc.array(fc.ipV4(), { maxLength: 3 }) }),
    fc.jsonValue() as fc.Arbitrary<object>,
  );
  const body = fc.record(
    {
      header: fc.record({ report_id: fc.nat(), version: fc.constantFrom('1.0', '1.1', '2.0') }),
      metrics: fc.record({ network_stats: fc.record({ bytes_in: fc.integer({ min: -1 }) }) }),
      custom_metrics: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.tuple(value)),
    },
    { requiredKeys: ['header'] },
  );
  fc.assert(
    fc.property(body, (report) => {
      // JSON knows no -0.
      const plain: unknown = JSON.parse(JSON.stringify(report));
      expect(parseReport(cbor(plain))).toEqual(parseReport(json(plain)));
    }),
    { numRuns: 500 },
  );
});

test('any bytes are a report or a reason', () => {
  const near = fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([0xa0 + (bytes.length % 24), ...bytes]));
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 60 })), (bytes) => {
      const report = parseReport(base64(bytes));
      expect(report.ok || /^report: /.test(report.reason)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
