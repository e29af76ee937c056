import { createHmac } from 'node:crypto';

/** The signed text of Standard Webhooks: id, time and body as they are sent. */
function signedText(id: string, timestamp: number, body: string): string {
  return `${id}.${timestamp}.${body}`;
}

/** One entry of the signature header: keyed with the bytes that the secret's base64 stands for. */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key)
    .update(signedText(id, timestamp, body), 'utf8')
    .digest('base64')}`;
}

/** What an article of 2024 computes: keyed with the secret's text. No verifier takes it. */
export function mistakenSignature(secret: string, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', secret)
    .update(signedText(id, timestamp, body), 'utf8')
    .digest('base64')}`;
}
