CREATE TABLE `__new_sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`subject` text NOT NULL,
	`display_name` text NOT NULL,
	`grants` text NOT NULL,
	`token_id` text,
	`owner_hash` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_sessions`("hash", "subject", "display_name", "grants", "token_id", "owner_hash", "created_at", "expires_at") SELECT "hash", "subject", "display_name", json_array(json_object('role', "role", 'databases', NULL)), "token_id", "owner_hash", "created_at", "expires_at" FROM `sessions`;--> statement-breakpoint
DROP TABLE `sessions`;--> statement-breakpoint
ALTER TABLE `__new_sessions` RENAME TO `sessions`;--> statement-breakpoint
CREATE INDEX `sessions_by_token` ON `sessions` (`token_id`);--> statement-breakpoint
CREATE INDEX `sessions_by_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
DELETE FROM `codes`;--> statement-breakpoint
ALTER TABLE `codes` ADD `grants` text NOT NULL;--> statement-breakpoint
ALTER TABLE `codes` DROP COLUMN `role`;--> statement-breakpoint
ALTER TABLE `tokens` ADD `databases` text;