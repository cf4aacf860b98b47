"""Views: events in; panel messages, tables, text and static HTML out, with no side effect."""
