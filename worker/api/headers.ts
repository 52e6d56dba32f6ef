/** What a browser may do with our answers: nothing that is not named here. */

const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** The answer with the headers added. A WebSocket's is left as it is. */
export function withSecurityHeaders(
  response: Response,
  { path, protocol }: { readonly path: string; readonly protocol: string },
  requestId: string,
): Response {
  if (response.webSocket) return response;
  const secured = new Response(response.body, response);
  const { headers } = secured;
  const api = path.startsWith('/api/') || path === '/healthz';
  headers.set('Content-Security-Policy', api ? API_POLICY : CONSOLE_POLICY);
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
  headers.set('Referrer-Policy', 'no-referrer');
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=()');
  headers.set('X-Request-Id', requestId);
  if (protocol === 'https:') headers.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  if (api && !headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  return secured;
}
