CREATE TABLE `backups` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`summary` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `backups_by_age` ON `backups` (`created_at`);--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`job_id` text,
	`reason` text NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_by_job` ON `events` (`job_id`,`seq`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`lane` text NOT NULL,
	`status` text NOT NULL,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`attempt` integer NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`params` text NOT NULL,
	`progress` text NOT NULL,
	`cursor` text,
	`result` text,
	`error` text,
	`idempotency_key` text,
	`request_hash` text NOT NULL,
	`dispatch_state` text,
	`ticket` integer DEFAULT 0 NOT NULL,
	`epoch` integer,
	`wake_at` integer,
	`strikes` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "jobs_status" CHECK("jobs"."status" IN ('queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT "jobs_lane" CHECK("jobs"."lane" IN ('exclusive', 'background')),
	CONSTRAINT "jobs_finished" CHECK(("jobs"."finished_at" IS NOT NULL) = ("jobs"."status" IN ('succeeded', 'failed', 'cancelled'))),
	CONSTRAINT "jobs_error" CHECK(("jobs"."error" IS NOT NULL) = ("jobs"."status" = 'failed')),
	CONSTRAINT "jobs_result" CHECK(("jobs"."result" IS NOT NULL) = ("jobs"."status" = 'succeeded')),
	CONSTRAINT "jobs_started" CHECK("jobs"."started_at" IS NOT NULL OR "jobs"."status" IN ('queued', 'failed', 'cancelled')),
	CONSTRAINT "jobs_dispatch" CHECK(("jobs"."dispatch_state" IS NOT NULL) = ("jobs"."status" IN ('running', 'cancelling'))),
	CONSTRAINT "jobs_wake" CHECK(("jobs"."wake_at" IS NOT NULL) = ("jobs"."dispatch_state" IS NOT NULL)),
	CONSTRAINT "jobs_epoch" CHECK(("jobs"."epoch" IS NOT NULL) = ("jobs"."dispatch_state" IS 'begun')),
	CONSTRAINT "jobs_attempt" CHECK("jobs"."attempt" >= 1)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_id` ON `jobs` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_idempotency` ON `jobs` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `jobs_by_status` ON `jobs` (`status`,`n`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_one_exclusive` ON `jobs` (`lane`) WHERE lane = 'exclusive' AND status IN ('running', 'cancelling');--> statement-breakpoint
CREATE TABLE `samples` (
	`at` integer PRIMARY KEY NOT NULL,
	`size_bytes` real NOT NULL,
	`rows` real NOT NULL,
	`facts` text
);
--> statement-breakpoint
CREATE TABLE `steps` (
	`job_id` text NOT NULL,
	`n` integer NOT NULL,
	`name` text NOT NULL,
	`at` integer NOT NULL,
	`attempt` integer NOT NULL,
	`epoch` integer NOT NULL,
	`detail` text NOT NULL,
	PRIMARY KEY(`job_id`, `n`)
);
--> statement-breakpoint
CREATE TABLE `table_stats` (
	`name` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`columns` integer NOT NULL,
	`rows` text,
	`bytes` text,
	`indexes` text NOT NULL
);
