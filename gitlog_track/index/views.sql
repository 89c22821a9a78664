-- The public interface of the index, documented in SQL.md: version 1. A column that is
-- here stays as it is; what changes its meaning begins a version 2 beside it.
-- NULL is NOT MEASURED. Instants are UTC; `_us` is microseconds since 1970.

CREATE VIEW v1_tasks AS
SELECT
  name AS task,
  nullif(spelled_phase, '') AS phase,
  status,
  nullif(trace_id, '') AS trace_id,
  provenance,
  nullif(description, '') AS description,
  begun_us AS started_us,
  strftime('%Y-%m-%dT%H:%M:%fZ', begun_us / 1e6, 'unixepoch') AS started_at,
  (SELECT count(*) FROM attempt WHERE attempt.task = task.id) AS attempts
FROM task;

CREATE VIEW v1_measures AS
SELECT
  task.name AS task,
  nullif(task.spelled_phase, '') AS phase,
  measure.key AS measure,
  CAST(json_extract(measure.value, '$.number') AS REAL) AS value,
  coalesce(
    json_extract(measure.value, '$.text'), json_extract(measure.value, '$.instant'),
    json_extract(measure.value, '$.texts'), json_extract(measure.value, '$.numbers'),
    json_extract(measure.value, '$.results'), json_extract(measure.value, '$.checks')
  ) AS text,
  json_extract(measure.value, '$.not_applicable') AS not_applicable,
  json_extract(measure.value, '$.evidence') AS evidence
FROM task
JOIN summary ON summary.task = task.id
JOIN json_each(summary.data, '$.measures') AS measure;

CREATE VIEW v1_attempts AS
SELECT
  task.name AS task,
  nullif(task.spelled_phase, '') AS phase,
  nullif(task.trace_id, '') AS trace_id,
  number AS attempt,
  nullif(span_id, '') AS span_id,
  nullif(retry_of, '') AS retry_of,
  attempt.status,
  attempt.begun_us AS started_us,
  strftime('%Y-%m-%dT%H:%M:%fZ', attempt.begun_us / 1e6, 'unixepoch') AS started_at,
  ended_us,
  strftime('%Y-%m-%dT%H:%M:%fZ', ended_us / 1e6, 'unixepoch') AS ended_at,
  CASE WHEN ended_us >= attempt.begun_us THEN (ended_us - attempt.begun_us) / 1e6 END
    AS duration_s,
  nullif(error_type, '') AS error_type,
  nullif(message, '') AS message,
  nullif(stack_hash, '') AS stack_hash,
  attempt.provenance,
  source,
  files_written,
  retrieved
FROM attempt
JOIN task ON task.id = attempt.task;

CREATE VIEW v1_retrievals AS
SELECT
  task.name AS task,
  number AS attempt,
  origin.value AS retrieved_from
FROM attempt
JOIN task ON task.id = attempt.task
JOIN json_each(retrieved_from) AS origin;

CREATE VIEW v1_links AS
SELECT
  task.name AS task,
  number AS attempt,
  link.trace_id,
  span_id
FROM link
JOIN task ON task.id = link.task;

CREATE VIEW v1_occurrences AS
SELECT
  task.name AS task,
  nullif(task.spelled_phase, '') AS phase,
  attempt,
  event,
  kind,
  at_us,
  strftime('%Y-%m-%dT%H:%M:%fZ', at_us / 1e6, 'unixepoch') AS at,
  text,
  nullif(error_type, '') AS error_type,
  nullif(stack_hash, '') AS stack_hash,
  nullif(severity, '') AS severity,
  nullif(env, '') AS env,
  occurrence.provenance,
  source
FROM occurrence
LEFT JOIN task ON task.id = occurrence.task;

CREATE VIEW v1_errors AS
SELECT * FROM v1_occurrences WHERE kind IN ('error', 'exception');

CREATE VIEW v1_executions AS
SELECT
  task.name AS task,
  nullif(task.spelled_phase, '') AS phase,
  attempt,
  event,
  at_us,
  strftime('%Y-%m-%dT%H:%M:%fZ', at_us / 1e6, 'unixepoch') AS at,
  "trigger",
  execution.description AS description,
  outcome,
  nullif(env, '') AS env,
  nullif(risk, '') AS risk,
  nullif(state_from, '') AS state_from,
  nullif(state_to, '') AS state_to,
  execution.provenance,
  source
FROM execution
LEFT JOIN task ON task.id = execution.task;
