-- Puts many listings on the market, each with a title of six words: the n-th word of 20,000 is met about 1/n as often
-- as the first. Parameters: %(listings)s, how many; %(now)s, when the last was listed.

INSERT INTO signals_source (name) VALUES ('titles') ON CONFLICT DO NOTHING;

CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT n, nextval(pg_get_serial_sequence('signals_entity', 'id')) AS thing,
       nextval(pg_get_serial_sequence('signals_event', 'id')) AS event,
       %(now)s - (%(listings)s - n) * interval '1 second' AS at
  FROM generate_series(1, %(listings)s) n;

INSERT INTO signals_entity (id, kind, external_id, ref, state, first_seen_at, last_seen_at)
SELECT thing, 'listing', 'tl-' || n, 'en_tl' || n, 'shown', at, at FROM made;

INSERT INTO signals_entity (kind, external_id, ref, first_seen_at, last_seen_at)
SELECT 'account', 'ts-' || n, 'en_ts' || n, %(now)s, %(now)s FROM generate_series(0, %(listings)s / 50) n;

INSERT INTO signals_event (id, source_id, external_id, kind, entity_id, actor_id, occurred_at, observed_at, received_at,
  content_mac, payload, roles, flags, scored_at, features)
SELECT event, (SELECT id FROM signals_source WHERE name = 'titles'), 'te-' || n, 'listing.created', thing, seller.id,
       at, at, at, decode(md5(n::text), 'hex'), '{}', jsonb_build_object('listing', thing, 'seller', seller.id), '{}', at, '{}'
  FROM made JOIN signals_entity seller ON seller.kind = 'account' AND seller.external_id = 'ts-' || n / 50;

INSERT INTO signals_involvement (event_id, entity_id, role, kind, occurred_at, observed_at, primary_id, actor_id)
SELECT e.id, part.entity, part.role, e.kind, e.occurred_at, e.observed_at, e.entity_id, e.actor_id
  FROM made JOIN signals_event e ON e.id = made.event,
  LATERAL (VALUES (e.entity_id, 'listing'), (e.actor_id, 'seller')) part (entity, role);

INSERT INTO signals_personaltext (event_id, member, text)
SELECT event, 'title', (
  SELECT string_agg('w' || translate(lpad(floor(exp(random() * ln(20000)))::int::text, 5, '0'), '0123456789', 'abcdefghij'), ' ')
    FROM generate_series(1, 6) WHERE made.n > 0)
  FROM made;
