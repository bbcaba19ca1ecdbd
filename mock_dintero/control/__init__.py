"""The tester's door: `/_mock/api/v1`, a file a resource."""
