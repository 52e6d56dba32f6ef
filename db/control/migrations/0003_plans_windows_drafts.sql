CREATE TABLE `drafts` (
	`n` integer PRIMARY KEY NOT NULL,
	`path` text NOT NULL,
	`text` text NOT NULL,
	`based_on` text NOT NULL,
	`state` text NOT NULL,
	`message` text NOT NULL,
	`saved_at` integer NOT NULL,
	`saved_by` text NOT NULL,
	CONSTRAINT "drafts_state" CHECK("drafts"."state" IN ('open', 'accepted', 'discarded'))
);
--> statement-breakpoint
CREATE INDEX `drafts_by_path` ON `drafts` (`path`,`n`);--> statement-breakpoint
CREATE TABLE `plans` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`hash` text NOT NULL,
	`basis` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`plan` text NOT NULL,
	`approval` text NOT NULL,
	`requested_by` text,
	`requested_at` integer,
	`decided_by` text,
	`decided_at` integer,
	`job_id` text,
	CONSTRAINT "plans_approval" CHECK("plans"."approval" IN ('not-needed', 'wanted', 'requested', 'approved', 'declined', 'void')),
	CONSTRAINT "plans_requested" CHECK(("plans"."requested_at" IS NULL) = ("plans"."requested_by" IS NULL)),
	CONSTRAINT "plans_decided" CHECK(("plans"."decided_at" IS NULL) = ("plans"."decided_by" IS NULL)),
	CONSTRAINT "plans_two_persons" CHECK("plans"."approval" <> 'approved' OR "plans"."decided_by" <> "plans"."requested_by")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `plans_id` ON `plans` (`id`);--> statement-breakpoint
CREATE INDEX `plans_by_expiry` ON `plans` (`expires_at`);--> statement-breakpoint
CREATE TABLE `windows` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`days` text NOT NULL,
	`from` text NOT NULL,
	`minutes` integer NOT NULL,
	`time_zone` text NOT NULL,
	`mode` text NOT NULL,
	`reason` text NOT NULL,
	`message` text,
	`enabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`next_at` integer,
	CONSTRAINT "windows_mode" CHECK("windows"."mode" IN ('read-only', 'closed')),
	CONSTRAINT "windows_minutes" CHECK("windows"."minutes" BETWEEN 1 AND 1440),
	CONSTRAINT "windows_next_enabled" CHECK("windows"."next_at" IS NULL OR "windows"."enabled")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `windows_id` ON `windows` (`id`);--> statement-breakpoint
CREATE INDEX `windows_next` ON `windows` (`next_at`);--> statement-breakpoint
CREATE TABLE `__new_holds` (
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
	CONSTRAINT "holds_mode" CHECK("__new_holds"."mode" IN ('read-only', 'closed')),
	CONSTRAINT "holds_owner" CHECK("__new_holds"."owner_kind" IN ('person', 'window', 'job')),
	CONSTRAINT "holds_ended" CHECK(("__new_holds"."ended_at" IS NULL) = ("__new_holds"."ended_by" IS NULL)),
	CONSTRAINT "holds_expiry" CHECK("__new_holds"."expires_at" IS NULL OR "__new_holds"."expires_at" > "__new_holds"."created_at")
);
--> statement-breakpoint
INSERT INTO `__new_holds`("n", "id", "mode", "reason", "message", "owner_kind", "owner_id", "created_at", "expires_at", "ended_at", "ended_by") SELECT "n", "id", "mode", "reason", "message", "owner_kind", "owner_id", "created_at", "expires_at", "ended_at", "ended_by" FROM `holds`;--> statement-breakpoint
DROP TABLE `holds`;--> statement-breakpoint
ALTER TABLE `__new_holds` RENAME TO `holds`;--> statement-breakpoint
CREATE UNIQUE INDEX `holds_id` ON `holds` (`id`);--> statement-breakpoint
CREATE INDEX `holds_active` ON `holds` (`ended_at`);