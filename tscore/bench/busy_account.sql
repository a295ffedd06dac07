-- Gives one account many more events, copies of its own going back in time.
-- Parameters: %(account)s, its id; %(events)s, how many it shall have.

CREATE TEMP TABLE own ON COMMIT DROP AS
SELECT event_id, row_number() OVER (ORDER BY event_id) - 1 AS place, count(*) OVER () AS size
  FROM (SELECT DISTINCT event_id FROM signals_involvement WHERE entity_id = %(account)s) parts;

CREATE TEMP TABLE copy_event ON COMMIT DROP AS
SELECT n, own.event_id AS old_id, nextval(pg_get_serial_sequence('signals_event', 'id')) AS new_id
  FROM own CROSS JOIN generate_series(0, %(events)s - 1) n
 WHERE own.place = n %% own.size AND n >= own.size;

INSERT INTO signals_event
SELECT made.* FROM copy_event JOIN signals_event e ON e.id = copy_event.old_id,
  LATERAL jsonb_populate_record(e, jsonb_build_object(
    'id', copy_event.new_id, 'external_id', e.external_id || '/busy/' || copy_event.n,
    'occurred_at', e.occurred_at - copy_event.n * interval '9 minutes')) made;

INSERT INTO signals_involvement
SELECT made.* FROM copy_event JOIN signals_involvement i ON i.event_id = copy_event.old_id,
  LATERAL jsonb_populate_record(i, jsonb_build_object(
    'event_id', copy_event.new_id, 'occurred_at', i.occurred_at - copy_event.n * interval '9 minutes')) made;

INSERT INTO signals_scoredbatch (event_ids, scored_at)
SELECT array_agg(e.id ORDER BY e.id), e.scored_at FROM copy_event JOIN signals_event e ON e.id = copy_event.new_id
 WHERE e.features IS NOT NULL AND e.feature_version IS NOT NULL GROUP BY e.scored_at
