"""What provides the ports: SQL, HTTP, clocks."""
