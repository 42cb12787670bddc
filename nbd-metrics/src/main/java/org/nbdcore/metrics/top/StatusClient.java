package org.nbdcore.metrics.top;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.nbdcore.metrics.status.ServerStatus;

/** Queries the status of a server. */
final class StatusClient {

  /** The address of {@code --metrics=127.0.0.1}. */
  static final String DEFAULT_URL = "http://127.0.0.1:10810/";

  private static final int TIMEOUT_MILLIS = 5000;
  private static final int LONGEST = 64 << 20;

  private final URI address;
  private final Optional<String> token;

  private StatusClient(URI address, Optional<String> token) {
    this.address = address;
    this.token = token;
  }

  /**
   * Creates a client.
   *
   * @param url of the status page; {@code http://} may be missing
   * @throws IllegalArgumentException if {@code url} is invalid
   */
  static StatusClient of(String url, Optional<String> token) {
    String full = url.contains("://") ? url : "http://" + url;
    try {
      URI uri = new URI(full.endsWith("/") ? full : full + "/");
      if (uri.getHost() == null || !("" + uri.getScheme()).matches("https?")) {
        throw new IllegalArgumentException(
            "the URL must be that of a status page, such as "
                + DEFAULT_URL
                + ", not '"
                + url
                + "'");
      }
      return new StatusClient(uri.resolve("status.json"), token);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + url + "' is not a URL: " + e.getReason(), e);
    }
  }

  /**
   * Queries the status once.
   *
   * @throws IOException if the server does not return its status
   */
  ServerStatus get() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setInstanceFollowRedirects(false); // the token must not be sent to another server
    token.ifPresent(secret -> connection.setRequestProperty("Authorization", "Bearer " + secret));
    try {
      int status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
        throw new IOException(
            address
                + ": the server requires "
                + (token.isPresent() ? "another" : "a")
                + " token; see --metrics-token");
      }
      if (status != HttpURLConnection.HTTP_OK) {
        throw new IOException(address + ": the server answers " + status);
      }
      try (InputStream in = connection.getInputStream()) {
        return ServerStatus.parse(new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(address + ": " + e.getMessage(), e);
    } catch (ConnectException | UnknownHostException e) {
      throw new IOException(
          address + ": " + e.getMessage() + "; is the server running with --metrics?", e);
    }
  }
}
