"""The way in over HTTP: the configuration of Envoy, which serves JSON, server-sent events, gRPC-Web and gRPC."""
