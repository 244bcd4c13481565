import type { Migration } from '../database/migrations'
import { projectionControlsMigration } from '../projection-controls/projection-controls.migration'

/** Where the projections stand. Comes before the migrations of read models. */
export const viewMigrations: readonly Migration[] = [
  {
    name: 'views-0001-checkpoints',
    up: `
      create schema projections;
      grant usage on schema projections to billstream_worker;
      create table projections.checkpoints (
        name text collate "C" primary key,
        version integer not null,
        position bigint not null,
        -- The view that it fills: a view that is made anew starts its projection anew.
        view text collate "C" not null,
        moved_at timestamptz not null default now()
      )
      -- Moved all the time: room on the page lets PostgreSQL change a row without touching the index.
      with (fillfactor = 40);
      grant select, insert, update, delete on projections.checkpoints to billstream_worker;`,
  },
  projectionControlsMigration,
  {
    name: 'views-0003-generations',
    up: `
      -- Rises when other rows take the place of those that were there: who had read the old ones may not write them back.
      alter table projections.checkpoints add column generation integer not null default 1;`,
  },
]
