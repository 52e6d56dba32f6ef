CREATE TABLE `audit` (
	`n` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`address` text NOT NULL,
	`request_id` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`database` text,
	`plan_hash` text,
	`sql_digest` text,
	`outcome` text NOT NULL,
	`duration_ms` integer,
	`detail` text NOT NULL,
	`prev_hash` text NOT NULL,
	`hash` text NOT NULL,
	CONSTRAINT "audit_outcome" CHECK("audit"."outcome" IN ('ok', 'denied', 'failed'))
);
--> statement-breakpoint
CREATE INDEX `audit_by_action` ON `audit` (`action`,`n`);--> statement-breakpoint
CREATE INDEX `audit_by_actor` ON `audit` (`actor`,`n`);--> statement-breakpoint
CREATE INDEX `audit_by_target` ON `audit` (`target`,`n`);--> statement-breakpoint
CREATE TABLE `audit_head` (
	`id` integer PRIMARY KEY NOT NULL,
	`n` integer NOT NULL,
	`hash` text NOT NULL,
	`mirrored` integer DEFAULT 0 NOT NULL,
	`anchored` integer DEFAULT 0 NOT NULL,
	`anchored_on` text DEFAULT '' NOT NULL,
	`denials` text,
	CONSTRAINT "audit_head_one" CHECK("audit_head"."id" = 1)
);
