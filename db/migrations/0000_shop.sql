-- Made by drizzle-kit, then completed by hand: STRICT, WITHOUT ROWID, COLLATE, DEFERRABLE, and a UNIQUE inside its table.
CREATE TABLE `cart_items` (
	`cart_id` text NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`cart_id`, `product_id`),
	FOREIGN KEY (`cart_id`) REFERENCES `carts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "cart_items_quantity" CHECK("cart_items"."quantity" > 0)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `carts` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`note` text DEFAULT '',
	`created_at` integer NOT NULL,
	`abandoned_at` integer,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE set null ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `events` (
	`kind` text NOT NULL,
	`customer_id` integer,
	`occurred_at` integer NOT NULL,
	`payload` ,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `events_by_time` ON `events` (`occurred_at`);--> statement-breakpoint
CREATE INDEX `events_of_customer` ON `events` (`customer_id`) WHERE customer_id is not null;--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`product_id` integer NOT NULL,
	`customer_id` integer,
	`rating` integer NOT NULL,
	`title` text,
	`body` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "reviews_rating" CHECK("reviews"."rating" between 1 and 5)
);
--> statement-breakpoint
CREATE INDEX `reviews_bad_ones` ON `reviews` (`product_id`) WHERE rating <= 2;--> statement-breakpoint
CREATE UNIQUE INDEX `reviews_one_each` ON `reviews` (`product_id`,`customer_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` any,
	`changed_at` text DEFAULT (datetime('now')) NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `categories` (
	`id` integer PRIMARY KEY NOT NULL,
	`parent_id` integer,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`parent_id`) REFERENCES `categories`(`id`) ON UPDATE cascade ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `categories_slug_unique` ON `categories` (`slug`);--> statement-breakpoint
CREATE TABLE `coupons` (
	`code` text COLLATE NOCASE PRIMARY KEY NOT NULL,
	`label` text NOT NULL,
	`percent_off` numeric NOT NULL,
	`uses_left` integer,
	`starts_on` text NOT NULL,
	`ends_on` text,
	CONSTRAINT "coupons_percent" CHECK("coupons"."percent_off" > 0 and "coupons"."percent_off" <= 100),
	CONSTRAINT "coupons_end_later" CHECK("coupons"."ends_on" is null or "coupons"."ends_on" >= "coupons"."starts_on")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `coupons_one_label` ON `coupons` (lower(label),`starts_on`);--> statement-breakpoint
CREATE TABLE `inventory` (
	`warehouse_code` text NOT NULL,
	`product_id` integer NOT NULL,
	`on_hand` integer DEFAULT 0 NOT NULL,
	`reserved` integer DEFAULT 0 NOT NULL,
	`available` integer GENERATED ALWAYS AS (on_hand - reserved) VIRTUAL,
	`counted_at` text,
	PRIMARY KEY(`warehouse_code`, `product_id`),
	FOREIGN KEY (`warehouse_code`) REFERENCES `warehouses`(`code`) ON UPDATE cascade ON DELETE restrict,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "inventory_not_oversold" CHECK("inventory"."reserved" between 0 and "inventory"."on_hand")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `inventory_running_low` ON `inventory` (`product_id`) WHERE on_hand - reserved < 5;--> statement-breakpoint
CREATE TABLE `price_history` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`product_id` integer NOT NULL,
	`old_cents` integer NOT NULL,
	`new_cents` integer NOT NULL,
	`changed_at` text DEFAULT CURRENT_TIMESTAMP NOT NULL,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `price_history_by_product` ON `price_history` (`product_id`,`changed_at`);--> statement-breakpoint
CREATE TABLE `product_media` (
	`product_id` integer NOT NULL,
	`position` integer NOT NULL,
	`content_type` text DEFAULT 'image/png' NOT NULL,
	`content` blob DEFAULT x'' NOT NULL,
	`alt_text` text,
	PRIMARY KEY(`product_id`, `position`),
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE restrict ON DELETE cascade,
	CONSTRAINT "product_media_position" CHECK("product_media"."position" between 1 and 99)
);
--> statement-breakpoint
CREATE TABLE `products` (
	`id` integer PRIMARY KEY NOT NULL,
	`sku` text NOT NULL,
	`category_id` integer DEFAULT 1 NOT NULL,
	`title` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`price_cents` integer NOT NULL,
	`price_with_tax_cents` integer GENERATED ALWAYS AS (price_cents * 119 / 100) VIRTUAL,
	`title_key` text GENERATED ALWAYS AS (lower(trim(title))) STORED,
	`weight_kg` real DEFAULT 0 NOT NULL,
	`attributes` text DEFAULT '{}' NOT NULL,
	`rating_count` integer DEFAULT 0 NOT NULL,
	`rating_sum` integer DEFAULT 0 NOT NULL,
	`created_at` text DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) NOT NULL,
	`updated_at` text,
	`discontinued_at` text,
	FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON UPDATE set default ON DELETE set default,
	CONSTRAINT "products_price_not_negative" CHECK("products"."price_cents" >= 0),
	CONSTRAINT "products_attributes_are_json" CHECK(json_valid("products"."attributes"))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `products_sku` ON `products` (`sku`);--> statement-breakpoint
CREATE INDEX `products_on_sale` ON `products` (`category_id`,`price_cents`) WHERE discontinued_at is null;--> statement-breakpoint
CREATE INDEX `products_by_colour` ON `products` (attributes ->> '$.colour');--> statement-breakpoint
CREATE INDEX `products_by_title_key` ON `products` (`title_key`);--> statement-breakpoint
CREATE TABLE `stock_movements` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`warehouse_code` text NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer NOT NULL,
	`reason` text NOT NULL,
	`moved_at` integer NOT NULL,
	FOREIGN KEY (`warehouse_code`,`product_id`) REFERENCES `inventory`(`warehouse_code`,`product_id`) ON UPDATE cascade ON DELETE no action,
	CONSTRAINT "stock_movements_move" CHECK("stock_movements"."quantity" <> 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `stock_movements_by_place` ON `stock_movements` (`warehouse_code`,`product_id`);--> statement-breakpoint
CREATE TABLE `warehouses` (
	`code` text PRIMARY KEY NOT NULL,
	`city` text NOT NULL,
	`opens_at` text DEFAULT '08:00' NOT NULL
);
--> statement-breakpoint
CREATE TABLE `order_items` (
	`order_id` integer NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` integer NOT NULL,
	`quantity` integer DEFAULT 1 NOT NULL,
	`unit_cents` integer NOT NULL,
	`discount` real DEFAULT 0 NOT NULL,
	`line_cents` integer GENERATED ALWAYS AS (cast(round(quantity * unit_cents * (1.0 - discount)) as integer)) STORED,
	PRIMARY KEY(`order_id`, `line_no`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE cascade ON DELETE cascade,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "order_items_quantity" CHECK("order_items"."quantity" > 0),
	CONSTRAINT "order_items_discount" CHECK("order_items"."discount" >= 0 and "order_items"."discount" < 1)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `order_items_by_product` ON `order_items` (`product_id`);--> statement-breakpoint
CREATE TABLE `order notes` (
	`id` integer PRIMARY KEY NOT NULL,
	`order` integer NOT NULL,
	`group` text DEFAULT 'internal' NOT NULL,
	`written at` text NOT NULL,
	`text` text NOT NULL,
	FOREIGN KEY (`order`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `order notes by order` ON `order notes` (`order`,`group`);--> statement-breakpoint
CREATE TABLE `orders` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` text NOT NULL,
	`customer_id` integer NOT NULL,
	`address_id` integer,
	`coupon_code` text,
	`currency_code` text DEFAULT 'EUR' NOT NULL,
	`sold_by` integer,
	`status` text DEFAULT 'placed' NOT NULL,
	`total_cents` integer DEFAULT 0 NOT NULL,
	`placed_at` text DEFAULT CURRENT_TIMESTAMP NOT NULL,
	`shipped_at` text,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE restrict ON DELETE restrict,
	FOREIGN KEY (`address_id`) REFERENCES `addresses`(`id`) ON UPDATE set null ON DELETE set null,
	FOREIGN KEY (`coupon_code`) REFERENCES `coupons`(`code`) ON UPDATE cascade ON DELETE set null,
	FOREIGN KEY (`currency_code`) REFERENCES `currencies`(`code`) ON UPDATE cascade ON DELETE restrict,
	FOREIGN KEY (`sold_by`) REFERENCES `employees`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "orders_status" CHECK("orders"."status" in ('placed', 'paid', 'shipped', 'delivered', 'cancelled'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `orders_number_unique` ON `orders` (`number`);--> statement-breakpoint
CREATE INDEX `orders_by_customer` ON `orders` (`customer_id`,`placed_at`);--> statement-breakpoint
CREATE INDEX `orders_to_ship` ON `orders` (`placed_at`) WHERE status = 'paid' and shipped_at is null;--> statement-breakpoint
CREATE INDEX `orders_by_day` ON `orders` (date(placed_at));--> statement-breakpoint
CREATE TABLE `payments` (
	`id` integer PRIMARY KEY NOT NULL,
	`order_id` integer NOT NULL,
	`amount_nanos` integer NOT NULL,
	`ledger_position` integer NOT NULL,
	`fee_rate` real DEFAULT 0.029 NOT NULL,
	`method` text NOT NULL,
	`signature` blob,
	`paid_at` integer NOT NULL,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "payments_method" CHECK("payments"."method" in ('card', 'invoice', 'transfer', 'wallet'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `payments_by_order` ON `payments` (`order_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `payments_ledger` ON `payments` (`ledger_position`);--> statement-breakpoint
CREATE TABLE `returned_items` (
	`id` integer PRIMARY KEY NOT NULL,
	`order_id` integer NOT NULL,
	`line_no` integer NOT NULL,
	`reason` text,
	`refund_cents` integer DEFAULT 0 NOT NULL,
	`returned_on` text NOT NULL,
	FOREIGN KEY (`order_id`,`line_no`) REFERENCES `order_items`(`order_id`,`line_no`) ON UPDATE cascade ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `returned_items_once` ON `returned_items` (`order_id`,`line_no`);--> statement-breakpoint
CREATE TABLE `addresses` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer NOT NULL,
	`kind` text DEFAULT 'home' NOT NULL,
	`street` text NOT NULL,
	`street_2` text DEFAULT NULL,
	`postcode` text NOT NULL,
	`city` text NOT NULL,
	`country` text NOT NULL,
	`is_default` integer DEFAULT TRUE NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE cascade ON DELETE cascade,
	CONSTRAINT "addresses_kind" CHECK("addresses"."kind" in ('home', 'work', 'gift'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `addresses_one_default` ON `addresses` (`customer_id`) WHERE is_default = 1;--> statement-breakpoint
CREATE TABLE `currencies` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL UNIQUE,
	`symbol` text NOT NULL,
	`minor_units` integer DEFAULT 2 NOT NULL,
	CONSTRAINT "currencies_code_is_iso" CHECK(length("currencies"."code") = 3)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `customers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`email` text COLLATE NOCASE NOT NULL,
	`given_name` text NOT NULL,
	`family_name` text NOT NULL,
	`full_name` text GENERATED ALWAYS AS (given_name || ' ' || family_name) VIRTUAL,
	`phone` text,
	`language` text DEFAULT 'en' NOT NULL,
	`currency_code` text DEFAULT 'EUR' NOT NULL,
	`loyalty_points` integer DEFAULT 0 NOT NULL,
	`wants_news` integer DEFAULT false NOT NULL,
	`remarks` text,
	`created_at` text DEFAULT CURRENT_TIMESTAMP NOT NULL,
	`updated_at` text,
	FOREIGN KEY (`currency_code`) REFERENCES `currencies`(`code`) ON UPDATE cascade ON DELETE set default,
	CONSTRAINT "customers_points_not_negative" CHECK("customers"."loyalty_points" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_email_unique` ON `customers` (`email`);--> statement-breakpoint
CREATE INDEX `customers_by_name` ON `customers` (`family_name`,`given_name`);--> statement-breakpoint
CREATE INDEX `customers_who_want_news` ON `customers` (`language`) WHERE wants_news = 1;--> statement-breakpoint
CREATE TABLE `departments` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text COLLATE NOCASE NOT NULL,
	`manager_id` integer,
	`budget_cents` integer DEFAULT -1 NOT NULL,
	FOREIGN KEY (`manager_id`) REFERENCES `employees`(`id`) ON UPDATE cascade ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `departments_name_unique` ON `departments` (`name`);--> statement-breakpoint
CREATE TABLE `employees` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`department_id` integer NOT NULL,
	`reports_to` integer,
	`group` text DEFAULT 'the day''s crew' NOT NULL,
	`salary_cents` integer NOT NULL,
	`hired_on` text DEFAULT CURRENT_DATE NOT NULL,
	FOREIGN KEY (`department_id`) REFERENCES `departments`(`id`) ON UPDATE cascade ON DELETE restrict,
	FOREIGN KEY (`reports_to`) REFERENCES `employees`(`id`) ON UPDATE no action ON DELETE set null DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT "employees_not_own_boss" CHECK("employees"."reports_to" is not "employees"."id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `employees_email_unique` ON `employees` (`email`);--> statement-breakpoint
CREATE INDEX `employees_by_group` ON `employees` (`group`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`token` blob PRIMARY KEY NOT NULL,
	`customer_id` integer NOT NULL,
	`user_agent` text,
	`created_at` integer DEFAULT (unixepoch()) NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "sessions_end_later" CHECK("sessions"."expires_at" > "sessions"."created_at")
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sessions_by_customer` ON `sessions` (`customer_id`,`expires_at`);--> statement-breakpoint
CREATE VIEW `category_paths` AS 
  with recursive walk(id, path, depth) as (
    select id, name, 1 from categories where parent_id is null
    union all
    select c.id, walk.path || ' › ' || c.name, walk.depth + 1 from categories c join walk on c.parent_id = walk.id
  )
  select id, path, depth from walk;--> statement-breakpoint
CREATE VIEW `open_orders` AS 
  select o.id, o.number, c.full_name as customer, o.status, o.total_cents,
    (select count(*) from order_items i where i.order_id = o.id) as items
  from orders o join customers c on c.id = o.customer_id
  where o.status in ('placed', 'paid');