import { DAY_MS, date, dateTime, happened, SAMPLE_NOW_MS, SAMPLE_START_MS, unixSeconds } from '../calendar.ts';
import type { Random } from '../random.ts';
import { FANS, type Shop } from '../shop.ts';
import { plain, type SampleTable, traitRandom } from '../table.ts';
import {
  CREATURES,
  CREWS,
  CURRENCIES,
  CUSTOMER_REMARKS,
  DEPARTMENTS,
  LOCALES,
  type Locale,
  MOODS,
  USER_AGENTS,
} from '../words/people.ts';

const localeOf = (shop: Shop, customer: number): Locale => traitRandom(shop, 'locale', customer).pick(LOCALES);

/** A small shop knows only the first currencies. */
export const currencyOf = (shop: Shop, customer: number): string => {
  const { currency } = localeOf(shop, customer);
  return CURRENCIES.slice(0, shop.counts.currencies).some(([code]) => code === currency) ? currency : 'EUR';
};

const phone = (locale: Locale, random: Random) =>
  `${locale.dialling} ${random.between(100, 999)} ${random.between(100_000, 9_999_999)}`;

export const currencies: SampleTable = {
  name: 'currencies',
  columns: plain('code', 'name', 'symbol', 'minor_units'),
  row: (_shop, i) => CURRENCIES[i] ?? [],
};

export const customers: SampleTable = {
  name: 'customers',
  columns: plain(
    'id',
    'email',
    'given_name',
    'family_name',
    'phone',
    'language',
    'currency_code',
    'loyalty_points',
    'wants_news',
    'remarks',
    'created_at',
    'birthday',
  ),
  row: (shop, i, random) => {
    const locale = localeOf(shop, i);
    return [
      i + 1,
      `${random.pick(MOODS)}.${random.pick(CREATURES)}${i + 1}@example.${random.pick(['com', 'org', 'net'])}`,
      random.pick(locale.given),
      random.pick(locale.family),
      random.chance(0.7) ? phone(locale, random) : null,
      locale.language,
      currencyOf(shop, i),
      random.chance(0.4) ? 0 : random.popular(5000),
      random.chance(0.3) ? 1 : 0,
      random.chance(0.06) ? random.pick(CUSTOMER_REMARKS) : random.chance(0.002) ? 'from the old system\u0000\u0000PADDING' : null,
      dateTime(happened(i, shop.counts.customers, random.unit())),
      random.chance(0.5) ? date(SAMPLE_NOW_MS - random.between(18 * 365, 90 * 365) * DAY_MS) : null,
    ];
  },
};

/** 0-based numbers of the addresses of a customer. */
export const addressesOf = (customer: number): { first: number; size: number } => ({
  first: FANS.addresses.total(customer),
  size: FANS.addresses.size(customer),
});

export const addresses: SampleTable = {
  name: 'addresses',
  columns: plain('id', 'customer_id', 'kind', 'street', 'street_2', 'postcode', 'city', 'country', 'is_default'),
  row: (shop, i, random) => {
    const { parent, place } = FANS.addresses.locate(i);
    const locale = localeOf(shop, parent);
    const [postcode, city] = random.pick(locale.cities);
    return [
      i + 1,
      parent + 1,
      place === 0 ? 'home' : random.pick(['work', 'gift']),
      `${random.pick(locale.streets)} ${random.between(1, 180)}${random.chance(0.1) ? 'b' : ''}`,
      random.chance(0.1) ? `c/o ${random.pick(locale.family)}` : null,
      postcode,
      city,
      locale.country,
      place === 0 ? 1 : 0,
    ];
  },
};

/** Scrambles 32 bits one to one (murmur's finalizer), so that tokens never collide. */
const scramble = (value: number): number => {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

const tokenOf = (i: number, random: Random): Uint8Array => {
  const token = random.bytes(16);
  new DataView(token.buffer).setUint32(0, scramble(i));
  return token;
};

export const sessions: SampleTable = {
  name: 'sessions',
  columns: [{ name: 'token', kind: 'blob' }, ...plain('customer_id', 'user_agent', 'created_at', 'expires_at')],
  row: (shop, i, random) => {
    const created = unixSeconds(happened(i, shop.counts.sessions, random.unit()));
    return [
      tokenOf(i, random),
      random.popular(shop.counts.customers) + 1,
      random.chance(0.95) ? random.pick(USER_AGENTS) : null,
      created,
      created + random.pick([3600, 86_400, 2_592_000]),
    ];
  },
};

/** Employee numbers go round the departments, so each department's first employee, its manager, has the department's number. */
const departmentOf = (shop: Shop, employee: number): number => employee % shop.counts.departments;

export const departments: SampleTable = {
  name: 'departments',
  columns: plain('id', 'name', 'manager_id', 'budget_cents'),
  row: (_shop, i, random) => {
    const round = Math.floor(i / DEPARTMENTS.length);
    return [
      i + 1,
      `${DEPARTMENTS[i % DEPARTMENTS.length]}${round === 0 ? '' : ` ${round + 1}`}`,
      i % 7 === 6 ? null : i + 1,
      random.between(20, 900) * 100_000,
    ];
  },
};

export const employees: SampleTable = {
  name: 'employees',
  columns: plain('id', 'name', 'email', 'department_id', 'reports_to', '"group"', 'salary_cents', 'hired_on'),
  row: (shop, i, random) => {
    const locale = random.pick(LOCALES);
    const department = departmentOf(shop, i);
    return [
      i + 1,
      `${random.pick(locale.given)} ${random.pick(locale.family)}`,
      `${random.pick(CREATURES)}.${i + 1}@lockkeeper.example`,
      department + 1,
      i === 0 ? null : i === department ? 1 : department + 1,
      random.pick(CREWS),
      random.between(2_400_000, 9_800_000),
      date(SAMPLE_START_MS + random.below(900) * DAY_MS),
    ];
  },
};
