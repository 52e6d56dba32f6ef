/** What a browser may do with the shop's pages: nothing that is not named here, and no script at all. */
import type { MiddlewareHandler } from 'hono';
import type { ShopContext } from './env.ts';

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const securityHeaders: MiddlewareHandler<ShopContext> = async (c, next) => {
  await next();
  const { headers } = c.res;
  const put = (name: string, value: string) => headers.has(name) || c.header(name, value);
  // The guard's page comes with a stricter one, which knows its style.
  put('content-security-policy', POLICY);
  put('cache-control', 'private, no-store');
  c.header('x-content-type-options', 'nosniff');
  c.header('x-frame-options', 'DENY');
  c.header('referrer-policy', 'same-origin');
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()');
  if (new URL(c.req.url).protocol === 'https:') c.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
};
