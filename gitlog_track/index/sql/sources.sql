-- Where attempts looked things up, and how those ended that did.
--
-- One row for each place of retrieval; success_percent is of the attempts that ended. An
-- attempt that looked in two places counts in both rows.

SELECT
  v1_retrievals.retrieved_from AS source,
  count(*) AS attempts,
  count(DISTINCT v1_attempts.task) AS tasks,
  round(avg(v1_attempts.retrieved), 1) AS retrieved_mean,
  round(100.0 * sum(status = 'complete') / nullif(sum(status != 'in_progress'), 0), 1)
    AS success_percent
FROM v1_retrievals
JOIN v1_attempts USING (task, attempt)
GROUP BY v1_retrievals.retrieved_from
ORDER BY attempts DESC, source;
