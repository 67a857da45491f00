"""A gRPC server of ours: what every service has around its methods."""
