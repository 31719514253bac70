import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 65_536;

/**
 * GETs a small text from an address that has been checked. Follows no redirect: the next host would not have been
 * checked. `node:https` instead of `fetch`, whose loading alone costs more than the rest of the function.
 *
 * @param url `https:`, or `http:` for the local double only (configuration sees to that)
 * @throws Error on anything but a 200 with at most 64 KB within 3 s, connection included
 */
export const fetchPem = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      agent: false,
      headers: { accept: 'application/x-pem-file, text/plain, */*' },
    });
    const deadline = setTimeout(() => request.destroy(new Error('timed out')), TIMEOUT_MS);
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      request.destroy();
      reject(error);
    };
    request.on('error', fail);
    request.on('response', (response) => {
      if (response.statusCode !== 200) return fail(new Error(`status ${response.statusCode}`));
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_BYTES) return fail(new Error('too large'));
        chunks.push(chunk);
      });
      response.on('end', () => {
        clearTimeout(deadline);
        resolve(Buffer.concat(chunks).toString('latin1'));
      });
    });
    request.end();
  });
