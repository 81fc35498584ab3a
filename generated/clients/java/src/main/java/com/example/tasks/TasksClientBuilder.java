package com.example.tasks;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/** The settings of a {@link TasksClient}. */
public final class TasksClientBuilder {
    /** How long one attempt may take, unless the client or the call sets another time. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** How many times a call is repeated at most, unless the client or the call sets another number. */
    public static final int DEFAULT_MAX_RETRIES = 3;

    final URI baseUrl;
    Supplier<String> token;
    String user = "me";
    HttpClient http;
    RequestOptions defaults = RequestOptions.create().timeout(DEFAULT_TIMEOUT).maxRetries(DEFAULT_MAX_RETRIES);

    TasksClientBuilder(String baseUrl) {
        URI uri = URI.create(baseUrl);
        boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!isHttp || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("the base URL must be http(s)://host[:port][/path]");
        }
        this.baseUrl = uri;
    }

    /** Sets the bearer token. */
    public TasksClientBuilder token(String token) {
        Objects.requireNonNull(token, "token");
        return token(() -> token);
    }

    /**
     * Sets a function that returns the bearer token. It is called before each attempt, by several threads if calls
     * are concurrent, and should return a stored token until that one expires.
     */
    public TasksClientBuilder token(Supplier<String> token) {
        this.token = token;
        return this;
    }

    /** Sets the id of the user whose tasks these are. The default is {@code me}, the user whom the token names. */
    public TasksClientBuilder user(String id) {
        this.user = id;
        return this;
    }

    /** Sets how long one attempt may take, and during an export, how long the server may be silent. */
    public TasksClientBuilder timeout(Duration timeout) {
        defaults = defaults.timeout(timeout);
        return this;
    }

    /** Sets how many times a call is repeated at most; 0 means never. */
    public TasksClientBuilder maxRetries(int maxRetries) {
        defaults = defaults.maxRetries(maxRetries);
        return this;
    }

    /** Sets the HTTP client, for example one with a proxy. It should not follow redirects: the API has none. */
    public TasksClientBuilder httpClient(HttpClient http) {
        this.http = http;
        return this;
    }

    /** Returns the client. */
    public TasksClient build() {
        return new TasksClient(new Transport(this));
    }
}
