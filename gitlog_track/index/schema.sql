-- What the index holds. Times are microseconds since 1970 UTC; names are as the log
-- spells them, `folded` ones in lower case, as names are compared.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  phase TEXT NOT NULL,        -- folded
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

CREATE INDEX task_phase ON task (phase);
CREATE INDEX task_trace ON task (trace_id);
CREATE INDEX task_begun ON task (begun_us DESC, name);
CREATE INDEX task_failed ON task (failed_us DESC, name) WHERE failed_us NOT NULL;
CREATE INDEX task_status ON task (status, begun_us DESC, name);
