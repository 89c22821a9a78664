-- How long ended attempts took, by how they ended, in seconds.
--
-- n: attempts with a known duration; where a clock ran backwards there is none.
-- median_s: of an even number the mean of the middle two. p90_s: by nearest rank, the
-- least duration that at least 90 % do not exceed.

WITH ranked AS (
  SELECT
    status,
    duration_s,
    row_number() OVER (PARTITION BY status ORDER BY duration_s) AS place,
    count(*) OVER (PARTITION BY status) AS n
  FROM v1_attempts
  WHERE duration_s IS NOT NULL
)
SELECT
  status,
  count(*) AS n,
  min(duration_s) AS min_s,
  avg(CASE WHEN place IN ((n + 1) / 2, (n + 2) / 2) THEN duration_s END) AS median_s,
  round(avg(duration_s), 3) AS mean_s,
  min(CASE WHEN 10 * place >= 9 * n THEN duration_s END) AS p90_s,
  max(duration_s) AS max_s
FROM ranked
GROUP BY status
ORDER BY status;
