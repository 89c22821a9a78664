-- Made when the tables are first filled: to sort once is cheaper than to insert in order.

CREATE INDEX IF NOT EXISTS task_phase ON task (phase);
CREATE INDEX IF NOT EXISTS task_trace ON task (trace_id);
CREATE INDEX IF NOT EXISTS task_begun ON task (begun_us DESC, name);
CREATE INDEX IF NOT EXISTS task_failed ON task (failed_us DESC, name) WHERE failed_us NOT NULL;
CREATE INDEX IF NOT EXISTS task_status ON task (status, begun_us DESC, name);
CREATE INDEX IF NOT EXISTS attempt_begun ON attempt (begun_us DESC);
CREATE INDEX IF NOT EXISTS attempt_status ON attempt (status, begun_us DESC);
CREATE INDEX IF NOT EXISTS attempt_span ON attempt (span_id);
CREATE INDEX IF NOT EXISTS link_trace ON link (trace_id);
CREATE INDEX IF NOT EXISTS link_span ON link (span_id);
