-- Run by the superuser at every start; each line does nothing when its work is done already.
-- Tables and their grants belong to the migrations, which run as `owner` on all that lies in schema public.
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', name)
FROM unnest(ARRAY['owner', 'app', 'sealer']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT 'CREATE DATABASE tscore OWNER owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tscore')
\gexec

\connect template1
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE SCHEMA IF NOT EXISTS statistics;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA statistics;
ALTER SCHEMA public OWNER TO owner;
GRANT USAGE ON SCHEMA public TO app, sealer;

\connect tscore
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE SCHEMA IF NOT EXISTS statistics;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA statistics;
ALTER SCHEMA public OWNER TO owner;
GRANT USAGE ON SCHEMA public TO app, sealer;
