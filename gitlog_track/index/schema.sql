-- What the index holds. Times are microseconds since 1970 UTC; names are as the log
-- spells them, `folded` ones in lower case, as names are compared. For others than this
-- program there are the views of views.sql.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  phase TEXT NOT NULL,        -- folded
  spelled_phase TEXT NOT NULL,
  status TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  provenance TEXT NOT NULL,
  begun_us INTEGER,
  failed_us INTEGER,          -- end of the latest failed attempt
  labels TEXT NOT NULL,       -- each between newlines
  description TEXT NOT NULL,
  lists INTEGER NOT NULL,     -- a bit for each list of a report
  blobs TEXT NOT NULL         -- digest of the ids of its segments
);

-- Apart from `task`, so that a search does not read what it does not look at.
CREATE TABLE summary (task INTEGER PRIMARY KEY, data TEXT NOT NULL);

-- What the log says of commits, task by task; 0 is what belongs to none.
CREATE TABLE recorded (task INTEGER PRIMARY KEY, data TEXT NOT NULL);

CREATE TABLE attempt (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  retry_of TEXT NOT NULL,
  status TEXT NOT NULL,
  begun_us INTEGER,
  ended_us INTEGER,
  error_type TEXT NOT NULL,
  message TEXT NOT NULL,
  stack_hash TEXT NOT NULL,
  provenance TEXT NOT NULL,
  source TEXT NOT NULL,
  files_written INTEGER,
  retrieved INTEGER,
  retrieved_from TEXT NOT NULL, -- a JSON list
  PRIMARY KEY (task, number)
) WITHOUT ROWID;

-- Traces of others in which attempts were made.
CREATE TABLE link (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,    -- of the attempt
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  PRIMARY KEY (task, number, trace_id, span_id)
) WITHOUT ROWID;

-- What went wrong or was learnt; of task 0, where no task was known.
CREATE TABLE occurrence (
  task INTEGER NOT NULL,
  place INTEGER NOT NULL,     -- among those of its task
  kind TEXT NOT NULL,
  event TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  text TEXT NOT NULL,
  error_type TEXT NOT NULL,
  stack_hash TEXT NOT NULL,
  severity TEXT NOT NULL,
  env TEXT NOT NULL,
  provenance TEXT NOT NULL,
  source TEXT NOT NULL,
  fixes TEXT NOT NULL,        -- a JSON list
  PRIMARY KEY (task, place)
) WITHOUT ROWID;

CREATE TABLE execution (
  task INTEGER NOT NULL,
  event TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  "trigger" TEXT NOT NULL,
  description TEXT NOT NULL,
  outcome TEXT NOT NULL,
  env TEXT NOT NULL,
  risk TEXT NOT NULL,
  state_from TEXT NOT NULL,
  state_to TEXT NOT NULL,
  provenance TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (task, event)
) WITHOUT ROWID;

-- Answers that are dear to find, each with what it follows from.
CREATE TABLE answer (
  name TEXT PRIMARY KEY, follows_from TEXT NOT NULL, value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE phase (
  folded TEXT PRIMARY KEY,
  name TEXT,                  -- as its own log spells it; NULL: it has none
  own TEXT,                   -- what its own events come to
  blobs TEXT NOT NULL DEFAULT '',
  record TEXT NOT NULL DEFAULT '' -- with the totals of its tasks
) WITHOUT ROWID;
