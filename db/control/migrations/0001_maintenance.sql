CREATE TABLE `fence` (
	`id` integer PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`detail` text,
	`failures` integer NOT NULL,
	`wake_at` integer,
	CONSTRAINT "fence_one" CHECK("fence"."id" = 1),
	CONSTRAINT "fence_state" CHECK("fence"."state" IN ('down', 'raising', 'up', 'lowering', 'failed'))
);
--> statement-breakpoint
CREATE TABLE `holds` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`mode` text NOT NULL,
	`reason` text NOT NULL,
	`message` text,
	`owner_kind` text NOT NULL,
	`owner_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`ended_at` integer,
	`ended_by` text,
	CONSTRAINT "holds_mode" CHECK("holds"."mode" IN ('read-only', 'closed')),
	CONSTRAINT "holds_owner" CHECK("holds"."owner_kind" IN ('person', 'job')),
	CONSTRAINT "holds_ended" CHECK(("holds"."ended_at" IS NULL) = ("holds"."ended_by" IS NULL)),
	CONSTRAINT "holds_expiry" CHECK("holds"."expires_at" IS NULL OR "holds"."expires_at" > "holds"."created_at")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `holds_id` ON `holds` (`id`);--> statement-breakpoint
CREATE INDEX `holds_active` ON `holds` (`ended_at`);