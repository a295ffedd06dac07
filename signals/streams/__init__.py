"""Events from a message queue: RabbitMQ, Redis (Valkey) or SQS, through the same ingest service as HTTP and files."""
