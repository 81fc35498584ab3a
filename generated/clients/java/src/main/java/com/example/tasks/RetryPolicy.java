package com.example.tasks;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** When a call is sent again. That is safe: each operation is idempotent, by itself or by its Idempotency-Key. */
final class RetryPolicy {
    private static final long FIRST_DELAY_MS = 500;
    private static final long MAX_DELAY_MS = 8000;
    /** A longer Retry-After is for the caller to decide about. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(1);

    private RetryPolicy() {}

    /** How long to wait after the given attempt, from 1, failed; empty if there should be no other attempt. */
    static Optional<Duration> delay(TasksException error, int attempt) {
        long backoff = Math.min(FIRST_DELAY_MS << Math.min(attempt - 1, 10), MAX_DELAY_MS);
        Duration jittered = Duration.ofMillis(backoff / 2 + random(backoff / 2));
        if (error instanceof ConnectionException) return Optional.of(jittered);
        if (!(error instanceof ApiException failed) || !isTemporary(failed)) return Optional.empty();
        Optional<Duration> after = failed.headers().firstValue("Retry-After").flatMap(RetryPolicy::retryAfter);
        if (after.isEmpty()) return Optional.of(jittered);
        // The jitter keeps clients that were refused together from coming back together.
        return after.filter(wait -> wait.compareTo(MAX_RETRY_AFTER) <= 0)
                .map(wait -> wait.plusMillis(random(FIRST_DELAY_MS / 2)));
    }

    private static boolean isTemporary(ApiException failed) {
        return switch (failed.status()) {
            case 408, 429, 502, 503, 504 -> true;
            // Something is still in progress: an earlier attempt, or the deletion of everything.
            case 409 -> failed.headers().firstValue("Retry-After").isPresent();
            default -> false;
        };
    }

    /** Reads seconds or a date (RFC 9110, section 10.2.3). */
    private static Optional<Duration> retryAfter(String value) {
        if (value.matches("\\d{1,9}")) return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        if (value.matches("\\d+")) return Optional.of(MAX_RETRY_AFTER.multipliedBy(2));
        try {
            Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
            Duration wait = Duration.between(Instant.now(), date);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    private static long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }
}
