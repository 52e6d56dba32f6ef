/** What the shop sells, and how it talks about it. */

export interface Shelf {
  readonly root: string;
  /** Name of the category below the root, and what one thing in it is called. */
  readonly leaves: readonly (readonly [category: string, thing: string])[];
}

export const SHELVES: readonly Shelf[] = [
  {
    root: 'Kitchen',
    leaves: [
      ['Kettles', 'Kettle'],
      ['Teapots', 'Teapot'],
      ['Pans', 'Frying Pan'],
      ['Knives', 'Bread Knife'],
      ['Bowls', 'Mixing Bowl'],
      ['Jars & Tins', 'Storage Jar'],
    ],
  },
  {
    root: 'Garden',
    leaves: [
      ['Watering', 'Watering Can'],
      ['Hand Tools', 'Trowel'],
      ['Pots', 'Flower Pot'],
      ['Benches', 'Bench'],
      ['Birds', 'Bird House'],
    ],
  },
  {
    root: 'Boating',
    leaves: [
      ['Ropes', 'Mooring Rope'],
      ['Fenders', 'Fender'],
      ['Lanterns', 'Lantern'],
      ['Windlasses', 'Windlass'],
      ['Paddles', 'Paddle'],
      ['Bells', 'Ship’s Bell'],
    ],
  },
  {
    root: 'Desk',
    leaves: [
      ['Notebooks', 'Notebook'],
      ['Pens', 'Fountain Pen'],
      ['Inks', 'Bottle of Ink'],
      ['Lamps', 'Desk Lamp'],
      ['Clocks', 'Clock'],
    ],
  },
  {
    root: 'Wardrobe',
    leaves: [
      ['Scarves', 'Scarf'],
      ['Jumpers', 'Jumper'],
      ['Boots', 'Pair of Boots'],
      ['Raincoats', 'Raincoat'],
      ['Hats', 'Hat'],
      ['Gloves', 'Pair of Gloves'],
    ],
  },
  {
    root: 'Play',
    leaves: [
      ['Kites', 'Kite'],
      ['Puzzles', 'Jigsaw Puzzle'],
      ['Models', 'Model Boat'],
      ['Cards', 'Deck of Cards'],
    ],
  },
];

export const ADJECTIVES = [
  'Hand-Thrown',
  'Little',
  'Honest',
  'Everyday',
  'Twice-Fired',
  'Grandmother’s',
  'Folding',
  'Midnight',
  'Sunday',
  'Nº 4',
  'Portable',
  'Stubborn',
];
export const MATERIALS = [
  'Stoneware',
  'Copper',
  'Oak',
  'Enamel',
  'Linen',
  'Brass',
  'Walnut',
  'Cast-Iron',
  'Woollen',
  'Tin',
  'Beech',
  'Recycled-Glass',
];
export const COLOURS = ['moss', 'slate', 'ochre', 'sea green', 'oxblood', 'off-white', 'indigo', '藍', 'rot/weiß', null];

/** Some things keep the name that their maker gave them. */
export const FOREIGN_TITLES = [
  'Große Gießkanne „Lieschen“ 5 l',
  '南部鉄器の急須（黒・0.6L）',
  'إبريق شاي نحاسي مطلي بالقصدير',
  'Théière en grès « Brume »',
  'Çift katlı çaydanlık',
  'Kubek emaliowany „Śluza”',
  'हाथ से बना पीतल का दीपक',
  'Mystery Parcel 📦✨',
  'Naïve Café Crème Cup',
  '12" "Admiral" Frying Pan',
];

export const SENTENCES = [
  'Made in batches of forty by people who sign their work.',
  'It will outlive the table that it stands on.',
  'Measures 30 × 40 cm, or 11¾" by 15¾".',
  "Don't put it in the dishwasher; it won't forgive you.",
  'Pours without dripping, which we checked with a stopwatch and a white tablecloth.',
  'Wird mit einem Beutel Kamillentee geliefert.',
  '使うほどに味わいが深まります。',
  'صُنع يدوياً في ورشة عائلية صغيرة.',
  'Smells faintly of tar for the first week. That is normal.',
  'Rated for locks up to 2.1 m wide & 4 m deep.',
  'Comes flat; needs one screwdriver and some patience 🪛.',
  'The handle is turned from a single piece of wood.',
];

export const REVIEW_TITLES = [
  'Exactly right',
  'Not for me',
  'Bought a second one',
  'Sehr schön!',
  '期待以上です',
  'ممتاز',
  'It leaks…',
  'Five stars ⭐⭐⭐⭐⭐',
  null,
];
export const REVIEW_BODIES = [
  'Arrived in two days, wrapped as if it were an egg.',
  'The colour is nothing like the picture.\nStill keeping it.',
  'My mother\'s verdict: "about time".',
  'Nach drei Monaten täglichem Gebrauch: wie neu. Klare Empfehlung!',
  '色がとても綺麗で、毎朝使うのが楽しみです。☕',
  'وصل المنتج بسرعة والجودة رائعة، شكراً لكم.',
  'Good: handle, weight, balance.\r\nBad: the lid.\r\nUgly: the box.',
  'Would buy again 👍🏽',
  'It does what it says; it says "kettle".',
  "Je l'ai offert à ma sœur, elle l'a adoré.",
];

export const ORDER_NOTES = [
  'Gift: please leave the price out & write "Happy birthday, Opa!"',
  'Customer called: wrong house number, it is 12b not 126.',
  'Versand erst nach Pfingsten.',
  '配送日時指定：土曜の午前中',
  'Paid twice by mistake → refund the second one.',
  "Box was dented;\ncustomer says it's fine;\nsent a voucher anyway 🎁",
];
export const GIFT_MESSAGES = [
  'With love from all of us ♥',
  'Für die beste Tante der Welt',
  'お誕生日おめでとう🎉',
  'كل عام وأنتم بخير',
  "Don't open before Sunday!",
];
export const RETURN_REASONS = ['too small', 'arrived broken', 'changed my mind', 'falsche Farbe', '思ったより大きい', null];
export const MOVEMENT_REASONS = ['delivery', 'sale', 'stocktaking', 'breakage', 'moved to another shelf', 'Inventurdifferenz'];
export const COUPON_WORDS = ['SPRING', 'TOWPATH', 'HERON', 'TEA', 'LOCK', 'RAINYDAY', 'WELCOME', 'FLOOD'];
export const SEARCHES = [
  'kettle',
  'teapot -copper',
  'Gießkanne',
  '急須',
  'شاي',
  'boots size 42',
  '"desk lamp"',
  '100% wool',
  'naive cafe',
];

export const WAREHOUSES: readonly (readonly [code: string, city: string, opensAt: string])[] = [
  ['HH-1', 'Hamburg', '06:00'],
  ['BA-1', 'Bath', '08:00'],
  ['KIX', '大阪', '07:30'],
  ['LYS', 'Lyon', '08:00'],
  ['GDN', 'Gdańsk', '05:45'],
  ['AQJ', 'العقبة', '09:00'],
];
