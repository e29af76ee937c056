// For HEALTHCHECK: asks this container's own service whether it lives, over TLS where it speaks TLS.
import http from 'node:http';
import https from 'node:https';

const tls = Boolean(process.env.TLS_CERT_FILE);
const port = process.env.PORT || '8080';
const path = process.argv[2] ?? '/health/live';

// Its certificate is for the outside name; here it is asked by its inside address.
const request = (tls ? https : http).get({ host: '127.0.0.1', port, path, rejectUnauthorized: false }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1);
});
request.setTimeout(4_000, () => process.exit(1));
request.on('error', () => process.exit(1));
