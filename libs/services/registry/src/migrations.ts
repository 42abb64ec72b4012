import { Migration } from '@mikro-orm/migrations';

/** The first layout. */
class CreateTables extends Migration {
  override up(): void {
    this.#mappings();
    this.#inventory();
    this.#scans();
    this.#plans();
    this.addSql(
      'create table `checkpoint` (`name` text not null primary key, `position` integer not null, `log` text null, `rules` integer not null)',
    );
    this.addSql('create table `resource_type` (`type` text not null primary key, `service` text not null)');
  }

  #mappings(): void {
    this.addSql(
      'create table `mapping` (`source_cloud` text not null, `destination_cloud` text not null, `resource_type` text not null, `source_id` text not null, `uuid` text not null, `archived` integer not null, `forgotten` integer not null, `migrated` integer not null, `created_at` text not null, `updated_at` text not null, `destination_id` text null, `source_removed` integer not null, `external` integer not null, `status` text not null, `error_message` text null, `how` text null, `plan_id` text null, `failed_plan` text null, `failed_step` text null, `failed_attempt` integer null, `position` integer not null, primary key (`source_cloud`, `destination_cloud`, `resource_type`, `source_id`))',
    );
    this.addSql('create unique index `mapping_uuid_unique` on `mapping` (`uuid`)');
    this.addSql('create index `mapping_position_index` on `mapping` (`position`)');
    this.addSql('create index `mapping_source_id` on `mapping` (`source_id`)');
    this.addSql('create index `mapping_resource_type` on `mapping` (`resource_type`, `status`)');
    this.addSql('create index `mapping_plan_id` on `mapping` (`plan_id`)');
    this.addSql(
      'create table `fidelity` (`source_cloud` text not null, `destination_cloud` text not null, `resource_type` text not null, `source_id` text not null, `plan_id` text not null, `destination_id` text not null, `verified_at` text not null, `equal` json not null, `others` json not null, primary key (`source_cloud`, `destination_cloud`, `resource_type`, `source_id`))',
    );
    this.addSql('create index `fidelity_plan_id` on `fidelity` (`plan_id`)');
  }

  #inventory(): void {
    this.addSql(
      'create table `inventory` (`cloud` text not null, `resource_type` text not null, `source_id` text not null, `name` text null, `project_id` text null, `vanished` integer not null, `scan_id` text not null, `observed_at` text not null, `fingerprint` text not null, `attributes` json not null, `unknown` json not null, primary key (`cloud`, `resource_type`, `source_id`))',
    );
    this.addSql('create index `inventory_project_id` on `inventory` (`cloud`, `project_id`)');
  }

  #scans(): void {
    this.addSql(
      'create table `scan` (`scan_id` text not null primary key, `cloud` text not null, `multitenant` integer not null, `status` text not null, `seen` integer not null, `requested_by` text not null, `created_at` text not null, `updated_at` text not null)',
    );
    this.addSql(
      'create table `scan_type` (`scan_id` text not null, `type` text not null, `ordinal` integer not null, `outcome` text not null, `seen` integer not null, `changed` integer not null, `vanished` integer not null, `failure` json null, primary key (`scan_id`, `type`))',
    );
  }

  #plans(): void {
    this.addSql(
      'create table `plan` (`plan_id` text not null primary key, `source_cloud` text not null, `destination_cloud` text not null, `intent` text not null, `status` text not null, `digest` text null, `steps` integer not null, `resources` integer not null, `succeeded` integer not null, `failed` integer not null, `skipped` integer not null, `findings` json not null, `requested_by` text not null, `created_at` text not null, `updated_at` text not null, `position` integer not null)',
    );
    this.addSql('create index `plan_position_index` on `plan` (`position`)');
    this.addSql(
      'create table `plan_step` (`plan_id` text not null, `step_id` text not null, `ordinal` integer not null, `resource_type` text not null, `source_id` text not null, `name` text null, `step` text not null, `service` text not null, `status` text not null, `attempt` integer not null, `needs` json not null, `because` text null, `failure` json null, primary key (`plan_id`, `step_id`))',
    );
    this.addSql('create index `plan_step_ordinal` on `plan_step` (`plan_id`, `ordinal`)');
    this.addSql('create index `plan_step_because` on `plan_step` (`plan_id`, `because`)');
  }
}

/** What pages, searches and summaries are read by. The rows are made anew from the log: defaults are never seen. */
class AddPages extends Migration {
  override up(): void {
    for (const verdict of ['equal', 'mapped', 'lost', 'impossible', 'unknown']) {
      this.addSql(`alter table \`fidelity\` add column \`${verdict}_count\` integer not null default 0`);
    }
    for (const column of ['label', 'search']) {
      this.addSql(`alter table \`inventory\` add column \`${column}\` text not null default ''`);
    }
    this.addSql(
      'create index `inventory_page` on `inventory` (`cloud`, `resource_type`, `label`, `source_id`, `vanished`, `project_id`, `search`)',
    );
    this.addSql('create index `inventory_count` on `inventory` (`cloud`, `project_id`, `resource_type`, `vanished`)');
    this.addSql('create index `mapping_type_page` on `mapping` (`resource_type`, `position`)');
    this.addSql('create index `mapping_status_page` on `mapping` (`status`, `position`)');
    this.addSql('create index `plan_step_page` on `plan_step` (`plan_id`, `status`, `ordinal`)');
  }
}

/** What people decide about plans and steps, and since when a step is as it is. The rows are made anew from the log. */
class AddDecisions extends Migration {
  override up(): void {
    for (const column of ['approved_by', 'seconded_by']) {
      this.addSql(`alter table \`plan\` add column \`${column}\` text null`);
    }
    this.addSql('alter table `plan` add column `needs_second` integer not null default false');
    this.addSql("alter table `plan_step` add column `since` text not null default ''");
    for (const column of ['skipped_by', 'skip_reason']) {
      this.addSql(`alter table \`plan_step\` add column \`${column}\` text null`);
    }
  }
}

/** Whether a plan removes the originals at its end. The rows are made anew from the log. */
class AddCleanUp extends Migration {
  override up(): void {
    this.addSql("alter table `plan` add column `clean_up` text not null default 'never'");
  }
}

/** Searches read all ids of all mappings from one index, and nothing else. */
class AddIds extends Migration {
  override up(): void {
    this.addSql('create index `mapping_ids` on `mapping` (`source_id`, `destination_id`, `position`)');
    // The beginning of the new one.
    this.addSql('drop index `mapping_source_id`');
  }
}

/**
 * All migrations, oldest first, by names that a bundle does not change. A released one is never edited: what it made is
 * there already.
 */
export const migrations = [
  { name: '0001-create-tables', class: CreateTables },
  { name: '0002-add-pages', class: AddPages },
  { name: '0003-add-decisions', class: AddDecisions },
  { name: '0004-add-clean-up', class: AddCleanUp },
  { name: '0005-add-ids', class: AddIds },
];
