-- Copies the events of a small real world with all that hangs on them; each copy has entities of its own.
-- Parameters: %(copies)s more copies, after those that %(done)s counts; %(entities)s and %(events)s, by which ids move on.
-- Copies are received one after the other, from %(last)s on.

INSERT INTO signals_entity (id, kind, external_id, ref, attributes, state, state_at, hub, first_seen_at, last_seen_at)
SELECT e.id + c * %(entities)s, e.kind, e.external_id || '/' || c, 'en_c' || e.id + c * %(entities)s, e.attributes,
       e.state, e.state_at, e.hub, e.first_seen_at, e.last_seen_at
  FROM generate_series(%(done)s + 1, %(done)s + %(copies)s) c CROSS JOIN signals_entity e WHERE e.id <= %(entities)s;

INSERT INTO signals_event (id, source_id, external_id, kind, entity_id, actor_id, occurred_at, observed_at, received_at,
  content_mac, payload, roles, amount_base_minor, flags, features, feature_version, scored_at, attempts, fence)
SELECT e.id + c * %(events)s, e.source_id, e.external_id || '/' || c, e.kind, e.entity_id + c * %(entities)s,
       e.actor_id + c * %(entities)s, e.occurred_at, e.observed_at,
       %(last)s + (e.id + (c - 1) * %(events)s) * interval '1 second', e.content_mac, e.payload,
       (SELECT jsonb_object_agg(role, id::bigint + c * %(entities)s) FROM jsonb_each_text(e.roles) AS part (role, id)),
       e.amount_base_minor, e.flags, e.features, e.feature_version, e.scored_at, e.attempts, e.fence
  FROM generate_series(%(done)s + 1, %(done)s + %(copies)s) c CROSS JOIN signals_event e WHERE e.id <= %(events)s
 ORDER BY c, e.id;

INSERT INTO signals_involvement (event_id, entity_id, role, kind, occurred_at, observed_at, superseded_at, primary_id,
  actor_id, device_id, ip_id, card_id, amount_base_minor)
SELECT i.event_id + c * %(events)s, i.entity_id + c * %(entities)s, i.role, i.kind, i.occurred_at, i.observed_at,
       i.superseded_at, i.primary_id + c * %(entities)s, i.actor_id + c * %(entities)s,
       i.device_id + c * %(entities)s, i.ip_id + c * %(entities)s, i.card_id + c * %(entities)s, i.amount_base_minor
  FROM generate_series(%(done)s + 1, %(done)s + %(copies)s) c CROSS JOIN signals_involvement i
 WHERE i.event_id <= %(events)s;

INSERT INTO signals_link (origin_id, target_id, kind, first_seen_at, last_seen_at, count)
SELECT l.origin_id + c * %(entities)s, l.target_id + c * %(entities)s, l.kind, l.first_seen_at, l.last_seen_at, l.count
  FROM generate_series(%(done)s + 1, %(done)s + %(copies)s) c CROSS JOIN signals_link l
 WHERE l.origin_id <= %(entities)s;
