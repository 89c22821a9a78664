-- Errors and exceptions that are the same by stack hash, the most frequent first.
--
-- What has no stack hash is the same by error type and message. For a grouping that masks
-- numbers, paths and the like: gitlog-track patterns.

SELECT
  count(*) AS n,
  count(DISTINCT task) AS tasks,
  error_type,
  min(text) AS message,
  min(at) AS first_seen,
  max(at) AS last_seen,
  stack_hash
FROM v1_errors
GROUP BY coalesce(stack_hash, json_array(error_type, text))
ORDER BY n DESC, tasks DESC, last_seen DESC, message;
