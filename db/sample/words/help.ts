/** The shop's help pages, and its settings: one value of each kind that a column of type ANY can hold. */
import { real, type Value } from '../value.ts';

export const HELP_PAGES: readonly (readonly [slug: string, title: string, body: string])[] = [
  ['delivery', 'When will it arrive?', 'Parcels leave within one working day. Benches travel by boat and take a week.'],
  ['returns', 'Sending something back', 'You have 30 days. Put it in the box it came in, or any box; we are not fussy.'],
  [
    'wood',
    'Caring for oiled wood',
    'Oil it twice a year:\n1. dust,\n2. oil,\n3. wait an hour,\n4. wipe.\nNever leave oily rags lying in a heap.',
  ],
  [
    'cast-iron',
    'Seasoning a cast-iron pan',
    'Heat it, oil it thinly, heat it again until it smokes. Repeat three times. No soap? A little soap is fine.',
  ],
  ['versand', 'Versand und Zoll', 'Innerhalb der EU fällt kein Zoll an. In die Schweiz liefern wir über Basel.'],
  ['sizes', 'Sizes of boots & gloves', 'EU 42 = UK 8 = US 9. If your foot says "neither", take the larger one.'],
  ['hogoshite', '鉄器のお手入れ', '使用後はお湯ですすぎ、余熱で乾かしてください。洗剤は使わないでください。'],
  ['payment', 'How to pay', 'Card, invoice, transfer or wallet. We never ask for your card number by email.'],
  ['tea', 'طريقة تحضير الشاي', 'سخّن الإبريق أولاً، ثم أضف ملعقة لكل كوب وواحدة للإبريق.'],
  ['gift-wrap', 'Gift wrapping 🎁', "It's free, it's paper, and the ribbon can be reused."],
];

export const SETTINGS: readonly (readonly [key: string, value: Value])[] = [
  ['shop.name', 'The Lock Keeper’s Stores'],
  ['shop.open', 1],
  ['tax.rate', real(0.19)],
  ['shipping.free_from', real(50)],
  ['ledger.last_position', 9_223_372_036_854_775_806n],
  ['ledger.first_position', -(2n ** 63n)],
  ['banner.html', '<p class="wave">Closed for the regatta 🚣</p>\r\n'],
  ['banner.until', null],
  ['cookie.key', Uint8Array.of(0, 1, 254, 255, 39, 34, 10, 13)],
  ['search.weights', '{"title":10.0,"description":1.0}'],
  ['import.separator', 'field\u0000field'],
  ['rounding.witness', real(0.1 + 0.2)],
  ['cart.limit', 99],
  ['stock.unlimited', real(Number.POSITIVE_INFINITY)],
];
