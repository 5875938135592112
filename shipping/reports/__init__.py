"""What carriers report: by REST API, by signed webhook and by file; and what nobody could place."""
