-- How many attempts succeeded and failed, by phase; the last row is all of them.
--
-- ended: complete, partial and failed. success_percent and failure_percent are of ended;
-- partial ones are neither. NULL where nothing has ended.

WITH counted AS (
  SELECT
    coalesce(phase, '(none)') AS phase,
    count(*) AS attempts,
    sum(status = 'in_progress') AS open,
    sum(status != 'in_progress') AS ended,
    sum(status = 'complete') AS complete,
    sum(status = 'partial') AS partial,
    sum(status = 'failed') AS failed
  FROM v1_attempts
  GROUP BY coalesce(phase, '(none)')
),
summed AS (
  SELECT 0 AS place, * FROM counted
  UNION ALL
  SELECT
    1, '(all)', total(attempts), total(open), total(ended), total(complete),
    total(partial), total(failed)
  FROM counted
)
SELECT
  phase,
  CAST(attempts AS INTEGER) AS attempts,
  CAST(open AS INTEGER) AS open,
  CAST(complete AS INTEGER) AS complete,
  CAST(partial AS INTEGER) AS partial,
  CAST(failed AS INTEGER) AS failed,
  round(100.0 * complete / nullif(ended, 0), 1) AS success_percent,
  round(100.0 * failed / nullif(ended, 0), 1) AS failure_percent
FROM summed
ORDER BY place, phase;
