## Envoy in front of both services: the one template, on one machine and on Kubernetes. Every value is written as JSON,
## which is YAML too, so that no setting can add to the structure: see configuration.py. Files are named relative to the folder that
## Envoy is started in.
node: {id: edge, cluster: liveclass} # without which Envoy follows no certificate files
admin:
  address: {pipe: {path: admin.sock, mode: 384}}

overload_manager:
  refresh_interval: 0.1s
  # Requests are told apart by the memory that they hold, from 1 MiB on.
  buffer_factory_config: {minimum_account_to_track_power_of_two: 20}
  resource_monitors:
    - name: envoy.resource_monitors.global_downstream_max_connections
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
        max_active_downstream_connections: ${settings.edge_max_connections}
    - name: envoy.resource_monitors.fixed_heap
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig
        max_heap_size_bytes: ${settings.edge_max_memory_bytes}
  actions:
    - name: envoy.overload_actions.shrink_heap
      triggers: [{name: envoy.resource_monitors.fixed_heap, threshold: {value: 0.9}}]
    # Whoever holds the memory does not keep others out: of HTTP/2 the largest requests end first, and whatever is idle
    # ends after a second.
    - name: envoy.overload_actions.reduce_timeouts
      triggers: [{name: envoy.resource_monitors.fixed_heap, scaled: {scaling_threshold: 0.6, saturation_threshold: 0.9}}]
      typed_config:
        "@type": type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig
        timer_scale_factors: [{timer: HTTP_DOWNSTREAM_STREAM_IDLE, min_timeout: 1s}]
    - name: envoy.overload_actions.reset_high_memory_stream
      triggers: [{name: envoy.resource_monitors.fixed_heap, scaled: {scaling_threshold: 0.6, saturation_threshold: 0.9}}]
    - name: envoy.overload_actions.stop_accepting_requests
      triggers: [{name: envoy.resource_monitors.fixed_heap, threshold: {value: 0.95}}]

static_resources:
  listeners:
    - name: edge
      traffic_direction: INBOUND # what is drained
      address: {socket_address: {address: ${settings.edge_host}, port_value: ${settings.edge_port}}}
      # Small buffers: what the transcoder has to hold as a whole has a limit of its own.
      per_connection_buffer_limit_bytes: 32768
      tcp_backlog_size: 512
      # A peer that is gone without a word is noticed after a minute.
      socket_options:
        - {description: SO_KEEPALIVE, level: 1, name: 9, int_value: 1}
        - {description: TCP_USER_TIMEOUT, level: 6, name: 18, int_value: 60000}
        - {description: TCP_KEEPIDLE, level: 6, name: 4, int_value: 30}
        - {description: TCP_KEEPINTVL, level: 6, name: 5, int_value: 10}
        - {description: TCP_KEEPCNT, level: 6, name: 6, int_value: 3}
      filter_chains:
        - transport_socket_connect_timeout: 10s
% if settings.edge_certificate:
          transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_params: {tls_minimum_protocol_version: TLSv1_2}
                tls_certificate_sds_secret_configs:
                  - name: certificate
                    sds_config: {path_config_source: {path: ./certificate.yaml}}
% endif
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: edge
                codec_type: AUTO
                use_remote_address: true
                xff_num_trusted_hops: ${settings.edge_trusted_proxies}
                server_header_transformation: OVERWRITE
                server_name: liveclass
                normalize_path: true
                merge_slashes: true
                path_with_escaped_slashes_action: REJECT_REQUEST
                max_request_headers_kb: 32
                request_headers_timeout: 10s
                stream_idle_timeout: 60s
                delayed_close_timeout: 1s
                common_http_protocol_options:
                  idle_timeout: 300s
                  max_headers_count: 64
                  headers_with_underscores_action: REJECT_REQUEST
                http2_protocol_options:
                  max_concurrent_streams: 128
                  initial_stream_window_size: 262144
                  initial_connection_window_size: 1048576
                  connection_keepalive: {interval: 60s, timeout: 20s}
                access_log:
                  - name: envoy.access_loggers.stdout
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
                      log_format:
                        # No query and no name of a session: the path is the RPC's by now, or what nothing has matched.
                        json_format:
                          event: request
                          timestamp: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%"
                          method: "%REQ(:METHOD)%"
                          route: "%ROUTE_NAME%"
                          rpc: "%GRPC_STATUS(CAMEL_STRING)%"
                          status: "%RESPONSE_CODE%"
                          cause: "%RESPONSE_CODE_DETAILS%"
                          bytes_received: "%BYTES_RECEIVED%"
                          bytes_sent: "%BYTES_SENT%"
                          milliseconds: "%DURATION%"
                local_reply_config:
                  mappers:
                    # gRPC callers get Envoy's words as the status' message, and all others JSON. Once the transcoder has made
                    # gRPC of a request, only its path of before tells them apart.
                    - filter:
                        and_filter:
                          filters:
                            - &is_grpc
                              and_filter:
                                filters:
                                  - header_filter: {header: {name: content-type, string_match: {prefix: application/grpc}}}
                                  - header_filter: {header: {name: x-envoy-original-path, present_match: false}}
                            - &has_no_token # or none that is good
                              or_filter:
                                filters:
                                  - status_code_filter: {comparison: {op: EQ, value: {default_value: 401, runtime_key: none}}}
                                  - extension_filter:
                                      name: envoy.access_loggers.extension_filters.cel
                                      typed_config:
                                        "@type": type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter
                                        expression: >-
                                          response.code == 403 && (response.code_details.startsWith("jwt_authn") ||
                                          !("authorization" in request.headers && request.headers["authorization"].startsWith("Bearer ")))
                      status_code: 401
                      body_format_override: {text_format_source: {inline_string: ${local_answers[401].message}}}
                    - filter: *is_grpc
                      body_format_override: {text_format_source: {inline_string: "%LOCAL_REPLY_BODY%"}}
                    - filter: *has_no_token
                      status_code: 401
                      headers_to_add: [{header: {key: www-authenticate, value: Bearer}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]
                      body_format_override: {json_format: ${local_answers[401].as_format() | n}}
% for status, answer in local_answers.items():
                    - filter: {status_code_filter: {comparison: {op: EQ, value: {default_value: ${status}, runtime_key: none}}}}
                      body_format_override: {json_format: ${answer.as_format() | n}}
% endfor
                route_config:
                  name: edge
                  ignore_port_in_host_matching: true
                  request_headers_to_remove: [x-envoy-upstream-rq-timeout-ms, x-envoy-retry-on, x-envoy-max-retries]
                  response_headers_to_remove: [x-envoy-upstream-service-time, x-envoy-decorator-operation]
                  virtual_hosts:
                    - name: edge
                      # A page of a stranger whose name was made to resolve to this machine sends its own name.
                      domains: ${settings.edge_hosts}
                      typed_per_filter_config:
                        envoy.filters.http.cors:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
                          allow_origin_string_match: ${[{"exact": origin} for origin in settings.edge_origins]}
                          allow_methods: "GET, POST, PATCH, DELETE"
                          allow_headers: "authorization, content-type, x-grpc-web, x-user-agent, grpc-timeout"
                          expose_headers: "content-disposition, grpc-status, grpc-message, grpc-status-details-bin"
                          max_age: "600"
                      routes:
% for path in open_paths:
                        # No token shows who asks: little may be sent, and each address may ask now and then.
                        - name: without_token
                          match: {path: ${path}}
                          route:
                            cluster: session
                            timeout: ${f"{settings.edge_request_seconds:.3f}s"}
                            max_stream_duration: {max_stream_duration: ${f"{settings.edge_request_seconds:.3f}s"}}
                          typed_per_filter_config:
                            envoy.filters.http.buffer:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute
                              buffer: {max_request_bytes: 4096}
                            envoy.filters.http.local_ratelimit:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                              stat_prefix: without_token
                              token_bucket: {max_tokens: 1000, tokens_per_fill: 1000, fill_interval: 1s}
                              rate_limits: [{actions: [{masked_remote_address: {v6_prefix_mask_len: 64}}]}]
                              descriptors: [{entries: [{key: masked_remote_address}], token_bucket: {max_tokens: 20, tokens_per_fill: 1, fill_interval: 1s}}]
                              filter_enabled: {default_value: {numerator: 100}}
                              filter_enforced: {default_value: {numerator: 100}}
% endfor
% for path, cluster in streams.items():
                        # As long as the service lets it be (LIVECLASS_MAX_STREAM_AGE_SECONDS).
                        - name: ${path[1:]}
                          match: {path: ${path}}
                          route:
                            cluster: ${cluster}
                            timeout: 0s
                            idle_timeout: ${f"{settings.edge_max_stream_seconds:.3f}s"}
                            max_stream_duration: {max_stream_duration: ${f"{settings.edge_max_stream_seconds:.3f}s"}}
                          # gRPC's own streams go on for long, and the services limit each of their messages.
                          typed_per_filter_config:
                            envoy.filters.http.buffer:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute
                              disabled: true
% endfor
% for prefix, cluster in services.items():
                        - name: ${prefix[1:-1]}
                          match: {prefix: ${prefix}}
                          route:
                            cluster: ${cluster}
                            timeout: ${f"{settings.edge_request_seconds:.3f}s"}
                            max_stream_duration: {max_stream_duration: ${f"{settings.edge_request_seconds:.3f}s"}}
% endfor
                        - name: openapi
                          match: {path: /v1/openapi.json}
                          route: {cluster: web, timeout: 10s, max_stream_duration: {max_stream_duration: 30s}}
                          typed_per_filter_config: &not_transcoded
                            envoy.filters.http.grpc_json_transcoder:
                              "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
                              disabled: true
                        # Until the transcoder has named the RPC, or refused the request: a body that drips in has a time limit
                        # from its first byte on.
                        - name: not_yet_transcoded
                          match: {prefix: /v1/frames}
                          route: {cluster: web, max_stream_duration: {max_stream_duration: ${f"{settings.edge_request_seconds:.3f}s"}}}
                        # Nothing but a frame is large, and reading a long number costs the square of its length.
                        - name: not_yet_transcoded
                          match: {prefix: /v1/}
                          route: {cluster: web, max_stream_duration: {max_stream_duration: ${f"{settings.edge_request_seconds:.3f}s"}}}
                          typed_per_filter_config:
                            envoy.filters.http.buffer:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute
                              buffer: {max_request_bytes: ${min(settings.edge_max_request_bytes, 4 * 1024 * 1024)}}
                        - name: web
                          match: {prefix: /}
                          route: {cluster: web, timeout: 10s, max_stream_duration: {max_stream_duration: 30s}}
                          typed_per_filter_config: *not_transcoded
                    - name: other_hosts
                      domains: ["*"]
                      routes: [{name: other_host, match: {prefix: /}, direct_response: {status: 421}, typed_per_filter_config: *not_transcoded}]
                http_filters:
                  - name: envoy.filters.http.header_mutation
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                      mutations:
                        response_mutations:
% for name, value in headers.items():
                          - append: {header: {key: ${name}, value: ${value}}, append_action: ADD_IF_ABSENT}
% endfor
                  - name: envoy.filters.http.cors
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}
                  # Refuses at once, before any of the body is read, what a page of another origin sends, and what has no
                  # token, or one that the issuer has not signed. The services check it again, and what it permits.
                  - name: envoy.filters.http.rbac
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                      rules:
                        action: DENY
                        policies:
                          other_origin:
                            principals: [{any: true}]
                            permissions:
                              - and_rules:
                                  rules:
                                    - {header: {name: origin, present_match: true}}
% for origin in origins:
                                    - not_rule: {header: {name: origin, string_match: {exact: ${origin}}}}
% endfor
% if not settings.issuer:
                          no_token:
                            principals: [{any: true}]
                            permissions:
                              - and_rules:
                                  rules:
                                    - or_rules:
                                        rules:
                                          - {url_path: {path: {prefix: /v1/}}}
                                          - {url_path: {path: {prefix: /liveclass.v1.}}}
                                    - not_rule: {url_path: {path: {exact: /v1/openapi.json}}}
% for path in open_paths:
                                    - not_rule: {url_path: {path: {exact: ${path}}}}
% endfor
                                    - not_rule: {header: {name: authorization, string_match: {prefix: "Bearer "}}}
% endif
% if settings.issuer:
                  - name: envoy.filters.http.jwt_authn
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
                      bypass_cors_preflight: true
                      providers:
                        issuer:
                          issuer: ${settings.issuer}
                          audiences: [${settings.audience}]
                          clock_skew_seconds: 30
                          forward: true
                          from_headers: [{name: authorization, value_prefix: "Bearer "}]
                          jwt_cache_config: {jwt_cache_size: 1000}
                          # The web application reads the keys as the services do: a file, a URL, or by discovery. Those of
                          # before are kept while it is away.
                          remote_jwks:
                            http_uri: {uri: "http://web/.well-known/jwks.json", cluster: web, timeout: 5s}
                            cache_duration: 2s
                            async_fetch: {failed_refetch_duration: 1s}
                      rules:
% for path in open_paths:
                        - match: {path: ${path}}
% endfor
                        - match: {path: /v1/openapi.json}
                        - match: {prefix: /v1/}
                          requires: {provider_name: issuer}
                        - match: {prefix: /liveclass.v1.}
                          requires: {provider_name: issuer}
% endif
                  - name: envoy.filters.http.local_ratelimit
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                      stat_prefix: edge
                  # The transcoder's own limit does not hold for JSON: it would keep all of a field that has no end.
                  - name: envoy.filters.http.buffer
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer
                      max_request_bytes: ${settings.edge_max_request_bytes}
                  - name: envoy.filters.http.grpc_web
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb}
                  - name: envoy.filters.http.grpc_json_transcoder
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder
                      proto_descriptor: descriptors.pb
                      services: ${[path[1:-1] for path in services]}
                      convert_grpc_status: true
                      print_options:
                        preserve_proto_field_names: true
                        always_print_primitive_fields: true
                        stream_sse_style_delimited: true
                      request_validation_options:
                        reject_unknown_method: true
                        reject_unknown_query_parameters: true
                      max_request_body_size: ${settings.edge_max_request_bytes}
                      max_response_body_size: ${settings.edge_max_response_bytes}
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                      suppress_envoy_headers: true
    # Health and metrics, for probes and Prometheus.
    - name: metrics
      address: {socket_address: {address: ${settings.metrics_host}, port_value: ${settings.edge_metrics_port}}}
      ignore_global_conn_limit: true
      bypass_overload_manager: true
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: metrics
                request_headers_timeout: 10s
                route_config:
                  virtual_hosts:
                    - name: metrics
                      domains: ["*"]
                      routes:
                        - match: {path: /metrics}
                          route: {cluster: admin, prefix_rewrite: "/stats/prometheus?usedonly"}
                        - match: {path: /health}
                          route: {cluster: admin, prefix_rewrite: /ready}
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}

  clusters:
% for name, (host, port) in upstreams.items():
    - name: ${name}
      type: STRICT_DNS
      dns_lookup_family: V4_PREFERRED
      connect_timeout: 2s
      per_connection_buffer_limit_bytes: 1048576
      circuit_breakers:
        thresholds: [{max_connections: 64, max_pending_requests: 1024, max_requests: 4096, max_retries: 3}]
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config:
            http2_protocol_options:
              # What the detection service allows. Further calls go to another connection.
              max_concurrent_streams: 64
              connection_keepalive: {interval: 30s, timeout: 10s}
% if settings.ca:
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
% if not is_ip_address(host):
          sni: ${host}
% endif
          common_tls_context:
            alpn_protocols: [h2]
            tls_params: {tls_minimum_protocol_version: TLSv1_2}
% if settings.certificate:
            tls_certificate_sds_secret_configs:
              - {name: client-certificate, sds_config: {path_config_source: {path: ./client-certificate.yaml}}}
% endif
            combined_validation_context:
              default_validation_context:
                match_typed_subject_alt_names:
                  - {san_type: ${"IP_ADDRESS" if is_ip_address(host) else "DNS"}, matcher: {exact: ${host}}}
              validation_context_sds_secret_config:
                {name: authority, sds_config: {path_config_source: {path: ./authority.yaml}}}
% endif
      load_assignment:
        cluster_name: ${name}
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: ${host}, port_value: ${port}}}}}]}]
% endfor
    - name: web
      type: STRICT_DNS
      dns_lookup_family: V4_PREFERRED
      connect_timeout: 2s
      load_assignment:
        cluster_name: web
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: ${web[0]}, port_value: ${web[1]}}}}}]}]
    - name: admin
      connect_timeout: 1s
      load_assignment:
        cluster_name: admin
        endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: admin.sock}}}}]}]
