import { request } from 'node:http';

export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What `fetch` says of itself: functions see it. */
const OWN = { accept: '*/*', 'accept-language': '*', 'sec-fetch-mode': 'cors', 'user-agent': 'node' };

/** A request over HTTP, answered in text. The first `fetch` of a process takes longer than the rest of a small story. */
export function send(url: URL, { method, headers, body }: Sent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
    const sending = request(url, { method, headers: { ...headers, ...OWN, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: new TextDecoder().decode(Buffer.concat(chunks)) }),
      );
    });
    sending.on('error', reject);
    sending.end(body.length > 0 ? body : undefined);
  });
}
