-- How often tasks were tried, and what came of their last attempt.
--
-- One row for each number of attempts; percent is of all tasks that were begun.

SELECT
  attempts,
  count(*) AS tasks,
  round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent,
  sum(status = 'in_progress') AS open,
  sum(status = 'complete') AS complete,
  sum(status = 'partial') AS partial,
  sum(status = 'failed') AS failed
FROM v1_tasks
WHERE attempts > 0
GROUP BY attempts
ORDER BY attempts;
