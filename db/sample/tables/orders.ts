import { DAY_MS, date, dateTime, happened, SAMPLE_NOW_MS, unixSeconds } from '../calendar.ts';
import type { Random } from '../random.ts';
import { FANS, ORDERS_PER_RETURN, type Shop } from '../shop.ts';
import { plain, type SampleTable, traitRandom } from '../table.ts';
import { real } from '../value.ts';
import { GIFT_MESSAGES, ORDER_NOTES, RETURN_REASONS } from '../words/goods.ts';
import { couponCode, priceOf } from './catalog.ts';
import { addressesOf, currencyOf } from './people.ts';

interface Order {
  readonly customer: number;
  readonly placedMs: number;
  readonly status: string;
  readonly shippedMs: number | null;
}

const statusAfter = (days: number, random: Random): string => {
  if (random.chance(0.04)) return 'cancelled';
  if (days < 2) return random.pick(['placed', 'paid']);
  if (days < 9) return random.pick(['paid', 'shipped']);
  return 'delivered';
};

const orderOf = (shop: Shop, i: number): Order => {
  const random = traitRandom(shop, 'order', i);
  const placedMs = happened(i, shop.counts.orders, random.unit());
  const status = statusAfter((SAMPLE_NOW_MS - placedMs) / DAY_MS, random);
  const shipped = status === 'shipped' || status === 'delivered';
  return {
    customer: random.popular(shop.counts.customers),
    placedMs,
    status,
    shippedMs: shipped ? Math.min(SAMPLE_NOW_MS, placedMs + random.between(4, 90) * 3_600_000) : null,
  };
};

export const orders: SampleTable = {
  name: 'orders',
  columns: plain(
    'id',
    'number',
    'customer_id',
    'address_id',
    'coupon_code',
    'currency_code',
    'sold_by',
    'status',
    'placed_at',
    'shipped_at',
    'gift_message',
    'priority',
  ),
  row: (shop, i, random) => {
    const { customer, placedMs, status, shippedMs } = orderOf(shop, i);
    const { first, size } = addressesOf(customer);
    return [
      i + 1,
      `${date(placedMs).slice(0, 4)}-${String(i + 1).padStart(7, '0')}`,
      customer + 1,
      random.chance(0.97) ? first + random.below(size) + 1 : null,
      random.chance(0.1) ? couponCode(random.below(shop.counts.coupons)) : null,
      currencyOf(shop, customer),
      random.chance(0.15) ? random.below(shop.counts.employees) + 1 : null,
      status,
      dateTime(placedMs),
      shippedMs === null ? null : dateTime(shippedMs),
      random.chance(0.04) ? random.pick(GIFT_MESSAGES) : null,
      random.chance(0.9) ? 0 : random.between(1, 3),
    ];
  },
};

interface Line {
  readonly product: number;
  readonly quantity: number;
  readonly unitCents: number;
  readonly discount: number;
}

/** Now and then somebody furnishes a whole city: such an order's payment lies beyond 2^53. */
const quantityOf = (random: Random) => (random.chance(0.003) ? random.between(200_000, 900_000) : 1 + random.popular(4));

const linesOf = (shop: Shop, order: number): Line[] => {
  const random = traitRandom(shop, 'items', order);
  return Array.from({ length: FANS.items.size(order) }, () => {
    const product = random.popular(shop.counts.products);
    const discount = random.chance(0.8) ? 0 : random.pick([0.05, 0.1, 0.125, 1 / 3, 0.1 + 0.2]);
    return { product, quantity: quantityOf(random), unitCents: priceOf(shop, product), discount };
  });
};

/** As the generated column `line_cents` reckons it. */
const lineCents = ({ quantity, unitCents, discount }: Line): number => Math.round(quantity * unitCents * (1 - discount));

export const orderItems: SampleTable = {
  name: 'order_items',
  columns: plain('order_id', 'line_no', 'product_id', 'quantity', 'unit_cents', 'discount'),
  row: (shop, i) => {
    const { parent, place } = FANS.items.locate(i);
    const line = linesOf(shop, parent)[place];
    if (line === undefined) throw new RangeError(`order ${parent} has no line ${place}`);
    return [parent + 1, place + 1, line.product + 1, line.quantity, line.unitCents, real(line.discount)];
  },
};

const NANOS_PER_CENT = 10_000_000n;
const FIRST_PAYMENT_ID = 2n ** 62n + 1n;
const LEDGER_START = 2n ** 53n + 1n;

const ledgerPosition = (i: number): bigint => {
  if (i === 0) return -(2n ** 63n);
  if (i === 1) return 2n ** 63n - 1n;
  return LEDGER_START + BigInt(i) * 4_294_967_297n;
};

export const payments: SampleTable = {
  name: 'payments',
  columns: [
    ...plain('id', 'order_id', 'amount_nanos', 'ledger_position', 'fee_rate', 'method'),
    { name: 'signature', kind: 'blob' },
    { name: 'paid_at' },
  ],
  row: (shop, i, random) => {
    const { parent } = FANS.payments.locate(i);
    const cents = linesOf(shop, parent).reduce((sum, line) => sum + lineCents(line), 0);
    return [
      FIRST_PAYMENT_ID + BigInt(i) * 1_000_003n,
      parent + 1,
      // The payments of an order add up to its total: a cent can be halved without a rest.
      (BigInt(cents) * NANOS_PER_CENT) / BigInt(FANS.payments.size(parent)),
      ledgerPosition(i),
      real(random.pick([0, 0.029, 0.1 + 0.2, 1, 1e-7])),
      random.pick(['card', 'invoice', 'transfer', 'wallet']),
      random.chance(0.4) ? random.bytes(8) : null,
      unixSeconds(orderOf(shop, parent).placedMs) + random.below(86_400),
    ];
  },
};

export const orderNotes: SampleTable = {
  name: '"order notes"',
  columns: plain('id', '"order"', '"group"', '"written at"', '"text"'),
  row: (shop, i, random) => {
    const { parent } = FANS.notes.locate(i);
    return [
      i + 1,
      parent + 1,
      random.pick(['internal', 'internal', 'courier', 'customer']),
      dateTime(orderOf(shop, parent).placedMs + random.below(DAY_MS)),
      random.pick(ORDER_NOTES),
    ];
  },
};

export const returnedItems: SampleTable = {
  name: 'returned_items',
  columns: plain('id', 'order_id', 'line_no', 'reason', 'refund_cents', 'returned_on'),
  row: (shop, i, random) => {
    const order = i * ORDERS_PER_RETURN + random.below(ORDERS_PER_RETURN);
    const lines = linesOf(shop, order);
    const place = random.below(lines.length);
    const line = lines[place];
    const returnedMs = Math.min(SAMPLE_NOW_MS, orderOf(shop, order).placedMs + random.between(3, 30) * DAY_MS);
    return [i + 1, order + 1, place + 1, random.pick(RETURN_REASONS), line === undefined ? 0 : lineCents(line), date(returnedMs)];
  },
};
