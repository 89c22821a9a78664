-- Which commands, hooks and importers told of attempts: as they happened, or afterwards.
--
-- source is what recorded the attempt's begin (else its end), without its version.

SELECT
  provenance,
  CASE instr(source, ' ') WHEN 0 THEN source ELSE substr(source, 1, instr(source, ' ') - 1) END
    AS recorded_by,
  count(*) AS attempts,
  count(DISTINCT task) AS tasks,
  min(started_at) AS first_started,
  max(started_at) AS last_started
FROM v1_attempts
GROUP BY provenance, recorded_by
ORDER BY attempts DESC, provenance, recorded_by;
