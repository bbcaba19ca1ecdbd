"""The tester's page: `/_mock/`."""
