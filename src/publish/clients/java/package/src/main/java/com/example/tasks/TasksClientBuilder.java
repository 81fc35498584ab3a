package com.example.tasks;

import java.net.URI;
import java.net.URISyntaxException;
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
        URI uri = parse(Objects.requireNonNull(baseUrl, "baseUrl must not be null"));
        boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        boolean hasMore = uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null;
        if (!isHttp || uri.getHost() == null || hasMore) throw invalidUrl();
        this.baseUrl = uri;
    }

    private static URI parse(String baseUrl) {
        try {
            return new URI(baseUrl);
        } catch (URISyntaxException error) {
            // Its message repeats the URL, which may contain a password.
            throw invalidUrl();
        }
    }

    private static IllegalArgumentException invalidUrl() {
        return new IllegalArgumentException("the base URL must be http(s)://host[:port][/path]");
    }

    /** Sets the bearer token. */
    public TasksClientBuilder token(String token) {
        Objects.requireNonNull(token, "the token must not be null");
        return token(() -> token);
    }

    /**
     * Sets a function that returns the bearer token. It is called before each attempt, by several threads if calls
     * are concurrent, and should return a stored token until that one expires.
     */
    public TasksClientBuilder token(Supplier<String> token) {
        this.token = Objects.requireNonNull(token, "the function of the token must not be null");
        return this;
    }

    /** Sets the id of the user whose tasks these are. The default is {@code me}, the user whom the token names. */
    public TasksClientBuilder user(String id) {
        this.user = Objects.requireNonNull(id, "the user id must not be null");
        return this;
    }

    /** Sets how long one attempt may take, and during an export, how long the server may be silent. */
    public TasksClientBuilder timeout(Duration timeout) {
        defaults = defaults.timeout(timeout);
        return this;
    }

    /** Sets how long all attempts of a call and the waits between them may take together; no limit by default. */
    public TasksClientBuilder totalTimeout(Duration totalTimeout) {
        defaults = defaults.totalTimeout(totalTimeout);
        return this;
    }

    /** Sets how many times a call is repeated at most; 0 means never. */
    public TasksClientBuilder maxRetries(int maxRetries) {
        defaults = defaults.maxRetries(maxRetries);
        return this;
    }

    /**
     * Sets the HTTP client, for example one with a proxy. It must not follow redirects: the API has none, and a write
     * would become a read of another address.
     */
    public TasksClientBuilder httpClient(HttpClient http) {
        Objects.requireNonNull(http, "the HTTP client must not be null");
        if (http.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the HTTP client must not follow redirects");
        }
        this.http = http;
        return this;
    }

    /** Returns the client. */
    public TasksClient build() {
        return new TasksClient(new Transport(this));
    }
}
