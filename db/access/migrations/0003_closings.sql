CREATE TABLE `closings` (
	`n` integer PRIMARY KEY NOT NULL,
	`database` text NOT NULL,
	`tag` text NOT NULL,
	`tries` integer NOT NULL,
	`due_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `closings_by_time` ON `closings` (`due_at`);