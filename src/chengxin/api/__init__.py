"""服务接口: the HTTP API."""
