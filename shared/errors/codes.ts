/** The one table of error codes: status, kind, who is to blame, whether trying again can help. */

/** The provider-neutral class of an error; each dialect has its own word for it. */
export type ErrorKind =
  | 'invalid_request'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'too_large'
  | 'rate_limit'
  | 'overloaded'
  | 'timeout'
  | 'server';

export type Blame = 'client' | 'sluice' | 'policy' | 'network' | 'provider';

interface CodeFacts {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly blame: Blame;
  readonly retryable: boolean;
}

const row = (status: number, kind: ErrorKind, blame: Blame, retryable = false): CodeFacts => ({
  status,
  kind,
  blame,
  retryable,
});

/** `stage.reason`. The text is given where it is raised, because it names the value and the mend. */
export const errorCodes = {
  'receive.host_not_allowed': row(421, 'invalid_request', 'client'),
  'receive.origin_not_allowed': row(403, 'permission', 'client'),
  'receive.content_type': row(415, 'invalid_request', 'client'),
  'receive.too_many_headers': row(431, 'invalid_request', 'client'),
  'receive.bad_request_line': row(400, 'invalid_request', 'client'),
  'receive.url_too_long': row(414, 'invalid_request', 'client'),
  'receive.loop': row(400, 'invalid_request', 'client'),
  'receive.upgrade_refused': row(426, 'invalid_request', 'client'),
  'receive.body_timeout': row(408, 'invalid_request', 'client'),
  'receive.overloaded': row(503, 'overloaded', 'sluice', true),
  'receive.draining': row(503, 'overloaded', 'sluice', true),
  'identify.unknown_path': row(404, 'not_found', 'client'),
  'identify.method_not_allowed': row(405, 'invalid_request', 'client'),
  'read.body_too_large': row(413, 'too_large', 'client'),
  'read.body_missing': row(400, 'invalid_request', 'client'),
  'read.body_truncated': row(400, 'invalid_request', 'client'),
  'read.invalid_utf8': row(400, 'invalid_request', 'client'),
  'read.invalid_json': row(400, 'invalid_request', 'client'),
  'read.not_an_object': row(400, 'invalid_request', 'client'),
  'read.too_deep': row(400, 'invalid_request', 'client'),
  'read.too_many_nodes': row(400, 'invalid_request', 'client'),
  'read.duplicate_key': row(400, 'invalid_request', 'client'),
  'read.invalid_field': row(400, 'invalid_request', 'client'),
  'read.unsupported_encoding': row(415, 'invalid_request', 'client'),
  'read.decompression': row(400, 'invalid_request', 'client'),
  'read.thread_unsupported': row(400, 'invalid_request', 'client'),
  'read.previous_response_not_found': row(400, 'invalid_request', 'client'),
  'admit.key_missing': row(401, 'authentication', 'client'),
  'admit.key_invalid': row(401, 'authentication', 'client'),
  'admit.key_expired': row(401, 'authentication', 'client'),
  'admit.key_conflict': row(400, 'invalid_request', 'client'),
  'admit.too_many_failures': row(429, 'rate_limit', 'client'),
  'admit.model_denied': row(403, 'permission', 'policy'),
  'admit.key_disabled': row(401, 'authentication', 'client'),
  'admit.surface_denied': row(403, 'permission', 'policy'),
  'admit.budget_exhausted': row(429, 'rate_limit', 'policy'),
  'admit.budget_unavailable': row(429, 'rate_limit', 'sluice', true),
  'admit.firewall_blocked': row(403, 'permission', 'policy'),
  'admit.masking_blocked': row(403, 'permission', 'policy'),
  'admit.masking_failed': row(403, 'permission', 'sluice'),
  'admit.masking_uncovered': row(403, 'permission', 'policy'),
  'admit.tool_denied': row(403, 'permission', 'policy'),
  'admit.context_denied': row(403, 'permission', 'policy'),
  'admit.justification_required': row(403, 'permission', 'policy'),
  'admit.paused': row(429, 'rate_limit', 'policy', true),
  'admit.rate_limited': row(429, 'rate_limit', 'policy', true),
  'relay.budget_exhausted': row(429, 'rate_limit', 'policy'),
  'route.model_not_found': row(404, 'not_found', 'client'),
  'route.ambiguous_model': row(400, 'invalid_request', 'client'),
  'route.operation_unsupported': row(400, 'invalid_request', 'client'),
  'route.no_credential': row(400, 'invalid_request', 'sluice'),
  'route.no_capable_target': row(400, 'invalid_request', 'client'),
  'route.no_target': row(503, 'overloaded', 'provider', true),
  'attempt.connect': row(502, 'server', 'network', true),
  'attempt.dns': row(502, 'server', 'network', true),
  'attempt.tls': row(502, 'server', 'network'),
  'attempt.connect_timeout': row(504, 'timeout', 'network', true),
  'attempt.ttft_timeout': row(504, 'timeout', 'provider', true),
  'attempt.total_timeout': row(504, 'timeout', 'provider', true),
  'attempt.reset': row(502, 'server', 'provider', true),
  'attempt.redirect': row(502, 'server', 'provider'),
  'attempt.not_an_answer': row(502, 'server', 'network'),
  'attempt.protocol': row(502, 'server', 'provider', true),
  'attempt.decompression': row(502, 'server', 'provider'),
  'attempt.answer_too_large': row(502, 'server', 'provider'),
  'attempt.address_blocked': row(502, 'server', 'sluice'),
  'attempt.credential': row(502, 'server', 'sluice'),
  'attempt.rate_limited': row(429, 'rate_limit', 'provider', true),
  'attempt.upstream_error': row(502, 'server', 'provider', true),
  'relay.idle_timeout': row(504, 'timeout', 'provider', true),
  'relay.total_timeout': row(504, 'timeout', 'provider', true),
  'relay.stream_cut': row(502, 'server', 'provider', true),
  'relay.stream_incomplete': row(502, 'server', 'provider', true),
  'relay.stream_malformed': row(502, 'server', 'provider', true),
  'relay.upstream_error': row(502, 'server', 'provider', true),
  'relay.key_revoked': row(401, 'authentication', 'client'),
  'relay.masking_blocked': row(403, 'permission', 'policy'),
  'relay.firewall_blocked': row(403, 'permission', 'policy'),
  'bundle.too_large': row(400, 'invalid_request', 'client'),
  'bundle.malformed': row(400, 'invalid_request', 'client'),
  'bundle.payload_type': row(400, 'invalid_request', 'client'),
  'bundle.unknown_key': row(400, 'invalid_request', 'client'),
  'bundle.bad_signature': row(400, 'invalid_request', 'client'),
  'bundle.threshold_not_met': row(400, 'invalid_request', 'client'),
  'bundle.fingerprint_mismatch': row(400, 'invalid_request', 'client'),
  'bundle.org_mismatch': row(400, 'invalid_request', 'client'),
  'bundle.id_mismatch': row(400, 'invalid_request', 'client'),
  'bundle.rollback': row(400, 'invalid_request', 'client'),
  'bundle.epoch_rollback': row(400, 'invalid_request', 'client'),
  'bundle.equivocation': row(400, 'invalid_request', 'client'),
  'bundle.expired': row(400, 'invalid_request', 'client'),
  'bundle.not_yet_valid': row(400, 'invalid_request', 'client'),
  'bundle.clock_set_back': row(400, 'invalid_request', 'client'),
  'bundle.schema': row(400, 'invalid_request', 'client'),
  'bundle.unknown_section': row(400, 'invalid_request', 'client'),
  'bundle.app_too_old': row(400, 'invalid_request', 'client'),
  'bundle.secret_found': row(400, 'invalid_request', 'client'),
  'bundle.lint': row(400, 'invalid_request', 'client'),
  'bundle.tests_failed': row(400, 'invalid_request', 'client'),
  'bundle.conflict': row(400, 'invalid_request', 'client'),
  'bundle.not_signed': row(400, 'invalid_request', 'client'),
  'bundle.trust_gap': row(400, 'invalid_request', 'client'),
  'bundle.trust_not_signed': row(400, 'invalid_request', 'client'),
  'bundle.trust_expired': row(400, 'invalid_request', 'client'),
  'bundle.stale': row(400, 'invalid_request', 'client'),
  'bundle.unreachable': row(502, 'server', 'network'),
  'bundle.http_status': row(502, 'server', 'network'),
  'bundle.redirected': row(502, 'server', 'network'),
  'bundle.too_slow': row(502, 'server', 'network'),
  'bundle.changed_meanwhile': row(409, 'invalid_request', 'client'),
  'bundle.too_many': row(409, 'invalid_request', 'client'),
  'bundle.managed': row(403, 'permission', 'policy'),
  'bundle.not_allowed': row(403, 'permission', 'policy'),
  'bundle.store': row(500, 'server', 'sluice'),
  'config.invalid': row(400, 'invalid_request', 'client'),
  'control.unknown_call': row(404, 'not_found', 'client'),
  'control.invalid_input': row(400, 'invalid_request', 'client'),
  'control.not_found': row(404, 'not_found', 'client'),
  'control.unsupported': row(400, 'invalid_request', 'client'),
  'control.refused': row(409, 'invalid_request', 'client'),
  'control.forbidden': row(403, 'permission', 'client'),
  'control.signed_out': row(401, 'authentication', 'client'),
  'internal.bug': row(500, 'server', 'sluice'),
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof errorCodes;
