/** Names, places and remarks of customers and staff, by language. */

export interface Locale {
  readonly language: string;
  readonly country: string;
  /** Must be one of `CURRENCIES`. */
  readonly currency: string;
  readonly dialling: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly streets: readonly string[];
  readonly cities: readonly (readonly [postcode: string, city: string])[];
}

/** The first three are in every sample, however small: `CURRENCIES` is cut to the wanted number from its end. */
export const CURRENCIES: readonly (readonly [code: string, name: string, symbol: string, minorUnits: number])[] = [
  ['EUR', 'Euro', '€', 2],
  ['GBP', 'Pound sterling', '£', 2],
  ['JPY', 'Japanese yen 日本円', '¥', 0],
  ['USD', 'US dollar', '$', 2],
  ['PLN', 'Polish złoty', 'zł', 2],
  ['TRY', 'Turkish lira', '₺', 2],
  ['INR', 'Indian rupee भारतीय रुपया', '₹', 2],
  ['JOD', 'Jordanian dinar دينار أردني', 'د.أ', 3],
];

export const LOCALES: readonly Locale[] = [
  {
    language: 'de',
    country: 'DE',
    currency: 'EUR',
    dialling: '+49',
    given: ['Lena', 'Jürgen', 'Anneliese', 'Käthe', 'Sönke', 'Mia', 'Thorben', 'Ulrike', 'Björn', 'Frieda'],
    family: ['Müßig', 'Schäfer', 'von der Heide', 'Groß', 'Petersen', 'Öztürk-Lang', 'Weiß', 'Brückner', 'Kühn', 'Jansen'],
    streets: ['Schleusenweg', 'Große Bleichen', 'Am Alten Hafen', 'Mühlenstraße', 'Löwengasse'],
    cities: [
      ['20457', 'Hamburg'],
      ['50667', 'Köln'],
      ['80331', 'München'],
      ['99084', 'Erfurt'],
    ],
  },
  {
    language: 'en',
    country: 'GB',
    currency: 'GBP',
    dialling: '+44',
    given: ['Maeve', 'Oliver', 'Anne-Marie', 'Ruby', 'Callum', 'Nia', 'Alfie', 'Imogen', 'Rhys', 'Beatrix'],
    family: [
      "O'Brien",
      'Hargreaves',
      'Llewellyn',
      'St John',
      'Fairweather',
      "D'Souza",
      'Okafor',
      'Lockwood',
      'Penhaligon',
      'McAllister',
    ],
    streets: ['Lock Keeper’s Lane', 'Towpath Row', 'Canal Street', "Queen's Parade", 'The Shambles'],
    cities: [
      ['SE1 9GF', 'London'],
      ['BA1 1LN', 'Bath'],
      ['EH1 1YZ', 'Edinburgh'],
      ['CF10 1EP', 'Cardiff'],
    ],
  },
  {
    language: 'ja',
    country: 'JP',
    currency: 'JPY',
    dialling: '+81',
    given: ['さくら', '陽翔', '美咲', '健太', '葵', '悠真', '千代', '蓮'],
    family: ['佐藤', '鈴木', '髙橋', '渡邊', '小林', '山﨑', '中村', '伊藤'],
    streets: ['本町二丁目', '銀座四丁目', '水門通り', '北野上七軒'],
    cities: [
      ['104-0061', '東京都中央区'],
      ['600-8216', '京都市下京区'],
      ['530-0001', '大阪市北区'],
      ['060-0808', '札幌市北区'],
    ],
  },
  {
    language: 'ar',
    country: 'JO',
    currency: 'JOD',
    dialling: '+962',
    given: ['ليلى', 'عمر', 'نور', 'يوسف', 'سلمى', 'طارق', 'هبة', 'كريم'],
    family: ['حداد', 'النابلسي', 'خوري', 'المصري', 'الزعبي', 'قاسم'],
    streets: ['شارع الرينبو', 'طريق الميناء', 'شارع الملك حسين'],
    cities: [
      ['11181', 'عمّان'],
      ['77110', 'العقبة'],
      ['21110', 'إربد'],
    ],
  },
  {
    language: 'fr',
    country: 'FR',
    currency: 'EUR',
    dialling: '+33',
    given: ['Zoë', 'Théo', 'Maëlys', 'François', 'Élodie', 'Noël', 'Inès', 'Gaël'],
    family: ["L'Hermitte", 'Lefèvre', 'Dupré', 'Garçon', 'Benoît', 'Cœurdevey', 'Châtelain'],
    streets: ['quai de l’Écluse', 'rue du Bœuf', 'impasse des Lilas', 'allée du Château-d’Eau'],
    cities: [
      ['75011', 'Paris'],
      ['69005', 'Lyon'],
      ['31000', 'Toulouse'],
      ['67000', 'Strasbourg'],
    ],
  },
  {
    language: 'pl',
    country: 'PL',
    currency: 'PLN',
    dialling: '+48',
    given: ['Łucja', 'Stanisław', 'Żaneta', 'Paweł', 'Grażyna', 'Michał'],
    family: ['Wiśniewska', 'Dąbrowski', 'Wójcik', 'Zieliński', 'Szczęsny'],
    streets: ['ul. Śluzowa', 'ul. Długa', 'al. Kościuszki'],
    cities: [
      ['80-831', 'Gdańsk'],
      ['90-001', 'Łódź'],
      ['50-101', 'Wrocław'],
    ],
  },
  {
    language: 'tr',
    country: 'TR',
    currency: 'TRY',
    dialling: '+90',
    given: ['İpek', 'Çağla', 'Oğuz', 'Şükrü', 'Işıl', 'Ümit'],
    family: ['Yıldız', 'Çelik', 'Aydoğan', 'Gümüş', 'Işık'],
    streets: ['Liman Caddesi', 'Değirmen Sokağı', 'İskele Yolu'],
    cities: [
      ['34420', 'İstanbul'],
      ['35210', 'İzmir'],
      ['06100', 'Ankara'],
    ],
  },
  {
    language: 'hi',
    country: 'IN',
    currency: 'INR',
    dialling: '+91',
    given: ['अनन्या', 'अर्जुन', 'मीरा', 'कबीर', 'इशिता', 'रोहन'],
    family: ['शर्मा', 'पटेल', 'अय्यर', 'सिंह', 'मुखर्जी'],
    streets: ['महात्मा गांधी मार्ग', 'घाट रोड', 'स्टेशन रोड'],
    cities: [
      ['110001', 'नई दिल्ली'],
      ['400001', 'मुंबई'],
      ['221001', 'वाराणसी'],
    ],
  },
];

/** Email addresses are made of these: they stay plain ASCII whatever the name is written in. */
export const MOODS = [
  'quiet',
  'brave',
  'early',
  'mossy',
  'golden',
  'sleepy',
  'swift',
  'salty',
  'curious',
  'gentle',
  'amber',
  'windy',
];
export const CREATURES = [
  'heron',
  'otter',
  'kingfisher',
  'badger',
  'pike',
  'moorhen',
  'newt',
  'swan',
  'vole',
  'dragonfly',
  'eel',
  'toad',
];

export const CUSTOMER_REMARKS = [
  'Prefers "next door" delivery; ring twice.',
  "Line one\nLine two: leave it with Mr O'Neil\nLine three",
  'Bitte nicht beim Nachbarn abgeben – Hund beißt! 🐕',
  'Pasted from the old till:\r\nDISCOUNT;10%\r\nVALID;ALWAYS\r\n',
  'お届けは午前中にお願いします。',
  'يرجى الاتصال قبل التوصيل ☎️',
  '👩‍👩‍👧‍👦 family account, four birthdays a year 🎂🎂🎂🎂',
  'C:\\orders\\2019\\import.csv, row 7; -- do not merge',
  'Zalgo was here: z̷a̴l̵g̶o̸',
  "Robert'); DROP TABLE customers;-- (yes, that is his name)",
];

export const DEPARTMENTS = [
  'Lock office',
  'Warehouse',
  'Packing',
  'Customer care',
  'Buying',
  'Workshop',
  'Books & ledgers',
  'Web',
  'Boats',
  'Tea room',
];
export const CREWS = ['early shift', 'late shift', 'night watch', "the day's crew", '週末班', 'Bootsmannschaft'];

export const USER_AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36',
  'curl/8.16.0',
];
