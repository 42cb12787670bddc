package org.nbdcore.plugin.curl;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.nbdcore.spi.ConfigException;

/** Apache's HTTP client, configured with the user's settings. Safe for use by several threads. */
final class WebClient implements Closeable {

  /** Time limit for a connection, as in curl. */
  private static final Timeout TIMEOUT = Timeout.ofMinutes(5);

  private static final String REMOVED = "nbd-core.removed-headers";

  private final CloseableHttpClient client;
  private final Proxies proxies;
  private final Optional<String> proxyUser;
  private final SocketConfig sockets;
  private final Map<String, Credentials> forProxies = new ConcurrentHashMap<>();

  WebClient(WebSettings settings) {
    proxies = settings.proxies();
    proxyUser = settings.proxyUser();
    Timeout timeout = settings.timeout().isZero() ? TIMEOUT : Timeout.of(settings.timeout());
    sockets =
        SocketConfig.custom()
            .setSoKeepAlive(settings.keepAlive())
            .setTcpNoDelay(settings.noDelay())
            .setSoTimeout(timeout)
            .build();
    RequestConfig requests =
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.ofDays(1)) // others may read for long
            .setResponseTimeout(timeout)
            .setUnixDomainSocket(settings.unixSocket().orElse(null))
            .build();
    client =
        HttpClientBuilder.create()
            .setConnectionManager(connections(settings, timeout).build())
            .setRequestExecutor(new ResponseLimits())
            .setDefaultRequestConfig(requests)
            .setRoutePlanner(new Planner())
            .setDefaultCredentialsProvider(this::credentials)
            .setRetryStrategy(new ReconnectOnce())
            .addRequestInterceptorLast(
                (request, entity, context) -> {
                  if (context.getAttribute(REMOVED) instanceof Set<?> removed) {
                    removed.forEach(name -> request.removeHeaders((String) name));
                  }
                })
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .disableDefaultUserAgent()
            .build();
  }

  private PoolingHttpClientConnectionManagerBuilder connections(
      WebSettings settings, Timeout timeout) {
    ClientTlsStrategyBuilder tls =
        ClientTlsStrategyBuilder.create()
            .setSslContext(settings.trust())
            .setTlsVersions(settings.tlsVersions());
    if (settings.anyName()) {
      tls.setHostVerificationPolicy(HostnameVerificationPolicy.CLIENT)
          .setHostnameVerifier(NoopHostnameVerifier.INSTANCE);
    }
    if (!settings.ciphers().isEmpty()) {
      tls.setCiphers(settings.ciphers().toArray(String[]::new));
    }
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(ResponseLimits.lines())
                .build())
        .setMaxConnTotal(settings.connections())
        .setMaxConnPerRoute(settings.connections())
        .setDnsResolver(settings.addresses())
        .setSocketConfigResolver(this::sockets)
        .setTlsSocketStrategy(tls.buildClassic())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(timeout)
                .setSocketTimeout(timeout)
                .setValidateAfterInactivity(TimeValue.of(2, TimeUnit.SECONDS))
                .build());
  }

  /**
   * Sends a request. The caller closes the response.
   *
   * @param removed headers never to send, in lower case
   */
  ClassicHttpResponse send(URI uri, ClassicHttpRequest request, Set<String> removed)
      throws IOException {
    HttpClientContext context = HttpClientContext.create();
    context.setAttribute(REMOVED, removed);
    return client.executeOpen(
        new HttpHost(uri.getScheme(), bare(uri.getHost()), WebAddress.port(uri)), request, context);
  }

  /** Without the brackets that an IPv6 address has in a URL. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private Credentials credentials(AuthScope scope, HttpContext context) {
    return forProxies.get(scope.getHost() + ":" + scope.getPort());
  }

  private Optional<Proxies.Proxy> proxy(HttpHost target) throws IOException {
    String host = target.getHostName();
    try {
      String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + target.getPort();
      return proxies.of(URI.create(target.getSchemeName() + "://" + authority));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new IOException("the proxy of the environment " + e.getMessage(), e);
    }
  }

  private SocketConfig sockets(HttpRoute route) {
    try {
      Optional<Proxies.Proxy> proxy = proxy(route.getTargetHost());
      if (proxy.isPresent() && proxy.get().socks()) {
        InetAddress address = InetAddress.getByName(bare(proxy.get().host()));
        return SocketConfig.copy(sockets)
            .setSocksProxyAddress(new InetSocketAddress(address, proxy.get().port()))
            .build();
      }
      return sockets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Repeats a request once if the server has closed the connection, and never because of a
   * response: by default, the library waits as long as the header Retry-After demands.
   */
  private static final class ReconnectOnce extends DefaultHttpRequestRetryStrategy {

    ReconnectOnce() {
      super(1, TimeValue.ofMilliseconds(1));
    }

    @Override
    public boolean retryRequest(HttpResponse response, int count, HttpContext context) {
      return false;
    }
  }

  /** Routes requests through HTTP proxies. */
  private final class Planner extends DefaultRoutePlanner {

    Planner() {
      super(null);
    }

    @Override
    protected HttpHost determineProxy(HttpHost target, HttpContext context) throws HttpException {
      try {
        Optional<Proxies.Proxy> found = proxy(target);
        if (found.isEmpty() || found.get().socks()) {
          return null;
        }
        HttpHost proxy = new HttpHost("http", bare(found.get().host()), found.get().port());
        found
            .get()
            .userInfo()
            .or(() -> proxyUser)
            .ifPresent(
                user -> forProxies.put(proxy.getHostName() + ":" + proxy.getPort(), of(user)));
        return proxy;
      } catch (IOException e) {
        throw new HttpException(e.getMessage(), e);
      }
    }
  }

  private static Credentials of(String userInfo) {
    int colon = userInfo.indexOf(':');
    return colon < 0
        ? new UsernamePasswordCredentials(userInfo, new char[0])
        : new UsernamePasswordCredentials(
            userInfo.substring(0, colon), userInfo.substring(colon + 1).toCharArray());
  }

  /** Closes all connections. Requests in progress fail. */
  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
