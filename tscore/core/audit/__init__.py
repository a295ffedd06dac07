"""The audit trail: `record` writes inside the business transaction, `seal` chains, `verify` needs nothing of ours."""

from tscore.core.audit.recording import Entry, record, record_many, told_sql, told_terms

__all__ = ["Entry", "record", "record_many", "told_sql", "told_terms"]
