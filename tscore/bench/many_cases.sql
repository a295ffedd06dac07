-- Multiplies the cases of a small real world: each copy has a subject, signals, evidence events, links and a rank of its
-- own. Attributes that link people are drawn from a pool, so that they are shared by a few accounts, as in life.
-- Parameters: %(cases)s open cases to be, %(now)s.

CREATE TEMP TABLE model AS
SELECT c.id AS case_id, c.entity_id, sum(1.0 / (1 + coalesce(proof.events, 0))) OVER (ORDER BY c.id) AS upto
  FROM cases_case c
  LEFT JOIN LATERAL (SELECT count(*) AS events FROM cases_casesignal cs
                       JOIN signals_signalevent se ON se.signal_id = cs.signal_id
                      WHERE cs.case_id = c.id) proof ON true
 WHERE c.state = 'queued';

-- Cases with little evidence are many, those with much are few.
CREATE TEMP TABLE copy AS
SELECT drawn.n, model.case_id, model.entity_id,
       (SELECT max(id) FROM cases_case) + drawn.n AS new_case, (SELECT max(id) FROM signals_entity) + drawn.n AS new_entity,
       random() AS luck, interval '3 days' * random() AS age
  FROM (SELECT n, random() * (SELECT max(upto) FROM model) AS point
          FROM generate_series(1, %(cases)s - (SELECT count(*) FROM model)::int) AS n) drawn
 CROSS JOIN LATERAL (SELECT * FROM model WHERE upto >= drawn.point ORDER BY upto LIMIT 1) model;
CREATE TEMP TABLE copy_signal AS
SELECT (SELECT max(id) FROM signals_signal) + row_number() OVER (ORDER BY copy.n, cs.signal_id) AS id, copy.n, cs.signal_id
  FROM copy JOIN cases_casesignal cs USING (case_id);
-- One copy in ten has all the evidence there is, the others five events a signal.
CREATE TEMP TABLE copy_event AS
SELECT (SELECT max(id) FROM signals_event) + row_number() OVER (ORDER BY n, event_id) AS id, n, event_id
  FROM (SELECT DISTINCT s.n, se.event_id FROM copy_signal s JOIN signals_signalevent se USING (signal_id)
         WHERE se.position < 5 OR s.n %% 10 = 0) wanted;
CREATE UNIQUE INDEX ON copy (n);
CREATE UNIQUE INDEX ON copy_event (n, event_id);
ANALYZE copy; ANALYZE copy_signal; ANALYZE copy_event;

INSERT INTO signals_entity
SELECT made.* FROM copy JOIN signals_entity e ON e.id = copy.entity_id, LATERAL jsonb_populate_record(e,
  jsonb_build_object('id', copy.new_entity, 'external_id', e.external_id || '/' || copy.n,
                     'ref', 'en_copy' || copy.new_entity)) made;

INSERT INTO signals_event
SELECT made.* FROM copy_event JOIN copy USING (n) JOIN signals_event e ON e.id = copy_event.event_id,
  LATERAL jsonb_populate_record(e, jsonb_build_object(
    'id', copy_event.id, 'external_id', e.external_id || '/' || copy.n,
    'entity_id', CASE WHEN e.entity_id = copy.entity_id THEN copy.new_entity ELSE e.entity_id END,
    'actor_id', CASE WHEN e.actor_id = copy.entity_id THEN copy.new_entity ELSE e.actor_id END,
    'roles', (SELECT jsonb_object_agg(role, CASE WHEN id::bigint = copy.entity_id THEN copy.new_entity ELSE id::bigint END)
                FROM jsonb_each_text(e.roles) AS part (role, id)))) made;

INSERT INTO signals_involvement (role, kind, occurred_at, observed_at, superseded_at, primary_id, actor_id,
  device_id, ip_id, card_id, amount_base_minor, entity_id, event_id)
SELECT p.role, p.kind, p.occurred_at, p.observed_at, p.superseded_at, made.entity_id, made.actor_id, p.device_id, p.ip_id,
       p.card_id, p.amount_base_minor,
       CASE WHEN p.entity_id = copy.entity_id THEN copy.new_entity ELSE p.entity_id END, made.id
  FROM copy_event JOIN copy USING (n) JOIN signals_event made ON made.id = copy_event.id
  JOIN signals_involvement p ON p.event_id = copy_event.event_id
 WHERE p.entity_id = copy.entity_id OR p.entity_id = p.primary_id;

INSERT INTO signals_scoredbatch (event_ids, scored_at)
SELECT array_agg(e.id ORDER BY e.id), %(now)s FROM copy_event JOIN signals_event e USING (id)
 WHERE e.features IS NOT NULL AND e.feature_version IS NOT NULL GROUP BY e.id / 500;

INSERT INTO signals_personaltext (event_id, member, text)
SELECT copy_event.id, t.member, t.text FROM copy_event JOIN signals_personaltext t USING (event_id);

INSERT INTO signals_signal
SELECT made.* FROM copy_signal JOIN copy USING (n) JOIN signals_signal s ON s.id = copy_signal.signal_id,
  LATERAL jsonb_populate_record(s, jsonb_build_object(
    'id', copy_signal.id, 'external_id', s.external_id || '/' || copy.n, 'dedupe_key', s.dedupe_key || '/' || copy.n,
    'entity_id', CASE WHEN s.entity_id = copy.entity_id THEN copy.new_entity ELSE s.entity_id END)) made;

INSERT INTO signals_signalevent (position, event_id, signal_id)
SELECT se.position, copy_event.id, s.id
  FROM copy_signal s JOIN signals_signalevent se USING (signal_id) JOIN copy_event USING (n, event_id);

INSERT INTO cases_case
SELECT made.* FROM copy JOIN cases_case c ON c.id = copy.case_id, LATERAL jsonb_populate_record(c, jsonb_build_object(
    'id', copy.new_case, 'entity_id', copy.new_entity, 'priority', c.priority * (0.2 + 1.6 * copy.luck),
    'opened_at', %(now)s::timestamptz - copy.age, 'due_at', %(now)s::timestamptz - copy.age + (c.due_at - c.opened_at),
    'rerank_at', NULL)) made;

INSERT INTO cases_casesignal (attached_at, case_id, signal_id)
SELECT %(now)s::timestamptz - copy.age, copy.new_case, copy_signal.id FROM copy_signal JOIN copy USING (n);

-- Up to six links of each subject, to something of the same kind out of the pool.
CREATE TEMP TABLE pool AS
SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY id) - 1 AS place, count(*) OVER (PARTITION BY kind) AS size, id
  FROM signals_entity WHERE external_id LIKE 'tok_pool%%';
CREATE UNIQUE INDEX ON pool (kind, place);
ANALYZE pool;
INSERT INTO signals_link (kind, first_seen_at, last_seen_at, count, origin_id, target_id)
SELECT linked.kind, linked.first_seen_at, linked.last_seen_at, linked.count, copy.new_entity,
       coalesce(pool.id, linked.target_id)
  FROM copy CROSS JOIN LATERAL (
    SELECT l.*, target.kind AS target_kind FROM signals_link l JOIN signals_entity target ON target.id = l.target_id
     WHERE l.origin_id = copy.entity_id ORDER BY l.last_seen_at DESC, l.target_id, l.kind LIMIT 6) linked
  LEFT JOIN (SELECT DISTINCT kind, size FROM pool) sized ON sized.kind = linked.target_kind
  LEFT JOIN pool ON pool.kind = linked.target_kind
   AND pool.place = (copy.n::bigint * 7919 + linked.target_id * 104729) %% sized.size
ON CONFLICT DO NOTHING;

-- The next row that the console itself writes needs a free number.
SELECT setval(pg_get_serial_sequence('cases_case', 'id'), (SELECT max(id) FROM cases_case)),
       setval(pg_get_serial_sequence('signals_entity', 'id'), (SELECT max(id) FROM signals_entity)),
       setval(pg_get_serial_sequence('signals_event', 'id'), (SELECT max(id) FROM signals_event)),
       setval(pg_get_serial_sequence('signals_signal', 'id'), (SELECT max(id) FROM signals_signal));
