package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * The settings for the requests.
 *
 * @param url of the disk
 * @param authorization the header's value, for the URL's own server
 * @param headers the user's headers
 * @param userAgent sent if present
 * @param follow whether to follow redirects
 * @param protocols the allowed protocols, in lower case
 * @param connections maximum number of connections to web servers
 * @param timeout of a request; zero for no limit
 * @param keepAlive whether to enable TCP keepalive
 * @param noDelay whether to send small packets at once (TCP_NODELAY)
 * @param unixSocket a socket to connect to instead of the URL's host
 * @param trust which certificates to trust
 * @param anyName whether to accept a certificate of another host
 * @param tlsVersions the JDK's names
 * @param ciphers the JDK's names; empty for its own choice
 * @param addresses finds the addresses of hosts
 * @param proxies selects the proxy for a server
 * @param proxyUser name and password for proxies without their own
 */
record WebSettings(
    URI url,
    Optional<String> authorization,
    Headers headers,
    Optional<String> userAgent,
    boolean follow,
    Set<String> protocols,
    int connections,
    Duration timeout,
    boolean keepAlive,
    boolean noDelay,
    Optional<Path> unixSocket,
    SSLContext trust,
    boolean anyName,
    String[] tlsVersions,
    List<String> ciphers,
    HostResolver addresses,
    Proxies proxies,
    Optional<String> proxyUser) {

  /** The user's headers: fixed, or printed by a script. */
  interface Headers {
    /** The ones for the next request. */
    HeaderLines lines() throws IOException;
  }
}
