package org.nbdcore.vsphere;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The HTTP clients of all sessions. Before Java 21, the JDK's client cannot be closed. It keeps a
 * thread and some descriptors until the garbage collector reclaims it, which may take long in an
 * idle server. So sessions with the same settings share a client, which is kept for later sessions.
 * A session is a cookie in each request, so sessions can also share connections.
 */
final class SharedHttpClients {

  /** The settings of a client. The thumbprint is null if the JDK's authorities are trusted. */
  private record Settings(String thumbprint, Duration timeout) {}

  private static final Map<Settings, HttpClient> CLIENTS = new ConcurrentHashMap<>();

  private SharedHttpClients() {}

  static HttpClient of(VsphereOptions options) {
    Settings settings = new Settings(options.thumbprint(), options.timeout());
    return CLIENTS.computeIfAbsent(settings, SharedHttpClients::create);
  }

  private static HttpClient create(Settings settings) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout);
    if (settings.thumbprint != null) {
      builder.sslContext(PinnedTrust.context(settings.thumbprint));
    }
    return builder.build();
  }
}
