package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Signed requests for the objects of one bucket. Safe for use by many threads. */
final class S3Client {

  static final int OK = 200;
  static final int PARTIAL = 206;
  static final int NOT_FOUND = 404;

  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int LONGEST_REASON = 4096;
  private static final Pattern REASON = Pattern.compile("<Code>(\\w+)</Code>");
  private static final byte[] NOTHING = {};

  /**
   * Shared by all disks, because before Java 21 it cannot be closed, and each closed disk would
   * keep a thread and descriptors.
   */
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  private final AwsAccount account;
  private final Bucket bucket;

  S3Client(AwsAccount account, Bucket bucket) {
    this.account = account;
    this.bucket = bucket;
  }

  /** Processes a response. Its body is closed afterwards. */
  interface Taker<T> {
    /** Processes the response. */
    T take(HttpResponse<InputStream> response) throws IOException;
  }

  /** Requests an object, or a range of it: {@code bytes=0-99}. */
  <T> T get(String key, Optional<String> range, Session session, Taker<T> taker)
      throws IOException {
    return send("GET", key, range, NOTHING, session, taker);
  }

  /** The length of an object. */
  long length(String key, Session session) throws IOException {
    return send(
        "HEAD",
        key,
        Optional.empty(),
        NOTHING,
        session,
        response -> {
          expect(response, OK, key);
          return response
              .headers()
              .firstValueAsLong("Content-Length")
              .orElseThrow(() -> new NbdException(NbdError.EIO, key + ": no length in the reply"));
        });
  }

  /** Stores an object, or replaces it. */
  void put(String key, byte[] content, Session session) throws IOException {
    send(
        "PUT",
        key,
        Optional.empty(),
        content,
        session,
        response -> {
          expect(response, OK, key);
          return null;
        });
  }

  /** Removes an object. Succeeds if it does not exist. */
  void delete(String key, Session session) throws IOException {
    send(
        "DELETE",
        key,
        Optional.empty(),
        NOTHING,
        session,
        response -> {
          if (response.statusCode() / 100 != 2 && response.statusCode() != NOT_FOUND) {
            throw refused(response, key);
          }
          return null;
        });
  }

  static void expect(HttpResponse<InputStream> response, int status, String key)
      throws IOException {
    if (response.statusCode() != status) {
      throw refused(response, key);
    }
  }

  static NbdException refused(HttpResponse<InputStream> response, String key) throws IOException {
    int status = response.statusCode();
    byte[] body = response.body().readNBytes(LONGEST_REASON);
    Matcher code = REASON.matcher(new String(body, StandardCharsets.UTF_8));
    String reason = code.find() ? " " + code.group(1) : "";
    return new NbdException(
        status == 401 || status == 403 ? NbdError.EPERM : NbdError.EIO,
        key + ": the server answered " + status + reason);
  }

  /**
   * Sends a request, and repeats it after a temporary failure: no response, or status 5xx or 429.
   */
  private <T> T send(
      String method,
      String key,
      Optional<String> range,
      byte[] content,
      Session session,
      Taker<T> taker)
      throws IOException {
    Duration delay = FIRST_DELAY;
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> response =
            HTTP.send(
                request(method, key, range, content), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream closed = response.body()) {
          assert closed != null;
          boolean passing = response.statusCode() / 100 == 5 || response.statusCode() == 429;
          if (!passing || attempt == ATTEMPTS) {
            return taker.take(response);
          }
        }
      } catch (NbdException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new NbdException(NbdError.EIO, key + ": no reply of the server: " + e, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
      session.sleep(delay.toNanos());
      delay = delay.multipliedBy(2);
    }
  }

  private HttpRequest request(String method, String key, Optional<String> range, byte[] content) {
    URI uri = bucket.uri(key);
    Map<String, String> headers = new HashMap<>();
    headers.put("x-amz-date", TIME.format(Instant.now()));
    headers.put("x-amz-content-sha256", AwsSignature.sha256(content));
    account.token().ifPresent(token -> headers.put("x-amz-security-token", token.reveal()));
    range.ifPresent(bytes -> headers.put("range", bytes));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(REQUEST_TIMEOUT)
            .method(
                method,
                method.equals("PUT")
                    ? HttpRequest.BodyPublishers.ofByteArray(content)
                    : HttpRequest.BodyPublishers.noBody());
    headers.forEach(request::header);
    headers.put("host", uri.getRawAuthority()); // HttpClient adds it by itself
    return request
        .header(
            "Authorization",
            AwsSignature.authorization(account, method, uri.getRawPath(), "", headers))
        .build();
  }
}
