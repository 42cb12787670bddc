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
 * How a disk is fetched.
 *
 * @param url of the disk
 * @param authorization the header's value, for the URL's own server
 * @param headers those that the user wants
 * @param userAgent sent if it is there
 * @param follow whether to go where the server sends us
 * @param protocols the ones that may be used, in lower case
 * @param connections to web servers, at most
 * @param timeout of a request; zero if it may take as long as it likes
 * @param keepAlive whether TCP looks whether the server is still there
 * @param noDelay whether small packets are sent at once
 * @param unixSocket a socket to connect to, whatever the URL says
 * @param trust which certificates are believed
 * @param anyName whether a certificate may be of another host
 * @param tlsVersions the JDK's names
 * @param ciphers the JDK's names; empty for its own choice
 * @param addresses finds those of hosts
 * @param proxies finds the one that leads to a server
 * @param proxyUser name and password for proxies that have none of their own
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

  /** Headers that stand fast, or that a script prints. */
  interface Headers {
    /** The ones for the next request. */
    HeaderLines lines() throws IOException;
  }
}
