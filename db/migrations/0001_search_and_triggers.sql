-- Written by hand: drizzle has no words for FTS5 and triggers.
CREATE VIRTUAL TABLE `products_fts` USING fts5(title, description, content='products', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `products_fts_insert` AFTER INSERT ON `products` BEGIN
	INSERT INTO products_fts(rowid, title, description) VALUES (new.id, new.title, new.description);
END;
--> statement-breakpoint
CREATE TRIGGER `products_fts_delete` AFTER DELETE ON `products` BEGIN
	INSERT INTO products_fts(products_fts, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
END;
--> statement-breakpoint
CREATE TRIGGER `products_fts_update` AFTER UPDATE OF `id`, `title`, `description` ON `products` BEGIN
	INSERT INTO products_fts(products_fts, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
	INSERT INTO products_fts(rowid, title, description) VALUES (new.id, new.title, new.description);
END;
--> statement-breakpoint
-- Keeps its own content, unlike products_fts.
CREATE VIRTUAL TABLE `help_pages` USING fts5(slug UNINDEXED, title, body, tokenize='porter unicode61');
--> statement-breakpoint
CREATE TRIGGER `order_items_insert` AFTER INSERT ON `order_items` BEGIN
	UPDATE orders SET total_cents = total_cents + new.line_cents WHERE id = new.order_id;
END;
--> statement-breakpoint
CREATE TRIGGER `order_items_delete` AFTER DELETE ON `order_items` BEGIN
	UPDATE orders SET total_cents = total_cents - old.line_cents WHERE id = old.order_id;
END;
--> statement-breakpoint
CREATE TRIGGER `order_items_update` AFTER UPDATE ON `order_items` BEGIN
	UPDATE orders SET total_cents = total_cents - old.line_cents WHERE id = old.order_id;
	UPDATE orders SET total_cents = total_cents + new.line_cents WHERE id = new.order_id;
END;
--> statement-breakpoint
CREATE TRIGGER `reviews_insert` AFTER INSERT ON `reviews` BEGIN
	UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + new.rating WHERE id = new.product_id;
END;
--> statement-breakpoint
CREATE TRIGGER `reviews_delete` AFTER DELETE ON `reviews` BEGIN
	UPDATE products SET rating_count = rating_count - 1, rating_sum = rating_sum - old.rating WHERE id = old.product_id;
END;
--> statement-breakpoint
CREATE TRIGGER `reviews_update` AFTER UPDATE OF `product_id`, `rating` ON `reviews` BEGIN
	UPDATE products SET rating_count = rating_count - 1, rating_sum = rating_sum - old.rating WHERE id = old.product_id;
	UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + new.rating WHERE id = new.product_id;
END;
--> statement-breakpoint
CREATE TRIGGER `customers_touch` AFTER UPDATE ON `customers` WHEN new.updated_at IS old.updated_at BEGIN
	UPDATE customers SET updated_at = strftime('%Y-%m-%d %H:%M:%S', 'now') WHERE id = new.id;
END;
--> statement-breakpoint
-- Not for the rating columns: those are kept by the triggers on reviews.
CREATE TRIGGER `products_touch` AFTER UPDATE OF `title`, `description`, `price_cents`, `attributes`, `discontinued_at` ON `products` BEGIN
	UPDATE products SET updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER `products_price` AFTER UPDATE OF `price_cents` ON `products` WHEN new.price_cents <> old.price_cents BEGIN
	INSERT INTO price_history (product_id, old_cents, new_cents) VALUES (new.id, old.price_cents, new.price_cents);
END;
--> statement-breakpoint
CREATE TRIGGER `orders_stay_cancelled` BEFORE UPDATE OF `status` ON `orders` WHEN old.status = 'cancelled' AND new.status <> 'cancelled' BEGIN
	SELECT RAISE(ABORT, 'a cancelled order stays cancelled; place a new one');
END;
--> statement-breakpoint
CREATE TRIGGER `open_orders_status` INSTEAD OF UPDATE OF `status` ON `open_orders` BEGIN
	UPDATE orders SET status = new.status WHERE id = old.id;
END;
