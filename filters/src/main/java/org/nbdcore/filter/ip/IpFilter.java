package org.nbdcore.filter.ip;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/**
 * Checks each client once: when it connects, or, if a rule needs its certificate, with its first
 * request after TLS has started.
 */
final class IpFilter implements Filter {

  private static final Log LOG = Log.of("ip");

  private final List<ClientRule> allow;
  private final List<ClientRule> deny;
  private final boolean late;
  private final boolean debug;

  IpFilter(List<ClientRule> allow, List<ClientRule> deny, boolean debug) {
    this.allow = allow;
    this.deny = deny;
    this.debug = debug;
    late =
        allow.stream().anyMatch(ClientRule::needsTls)
            || deny.stream().anyMatch(ClientRule::needsTls);
  }

  @Override
  public void preconnect(Session session, Backend next) throws IOException {
    if (!late) {
      check(session);
    }
    next.preconnect(session);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    if (late && request.session() != Session.DETACHED) {
      check(request.session());
    }
    return next.open(request);
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    if (late) {
      check(request.session());
    }
    return next.listExports(request);
  }

  private void check(Session session) throws IOException {
    if (allow.isEmpty() && deny.isEmpty()) {
      return;
    }
    Optional<ClientRule> allowed = first(allow, session);
    if (allowed.isPresent()) {
      log("client " + shown(session) + " is accepted by allow=" + allowed.get());
      return;
    }
    Optional<ClientRule> denied = first(deny, session);
    if (denied.isPresent()) {
      log("client " + shown(session) + " is rejected by deny=" + denied.get());
      throw refused(session);
    }
    if (!hasAddress(session)) {
      log("client " + shown(session) + " is rejected: the kind of its address is unknown");
      throw refused(session);
    }
    log("client " + shown(session) + " is accepted, because no rule matches it");
  }

  private static Optional<ClientRule> first(List<ClientRule> rules, Session session)
      throws IOException {
    for (ClientRule rule : rules) {
      if (rule.matches(session)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  private static boolean hasAddress(Session session) {
    SocketAddress peer = session.peer().orElse(null);
    return peer instanceof InetSocketAddress || peer instanceof UnixDomainSocketAddress;
  }

  private static String shown(Session session) {
    return session.number() + " (" + session.peer().map(IpFilter::shown).orElse("unknown") + ")";
  }

  private static String shown(SocketAddress peer) {
    return peer instanceof UnixDomainSocketAddress ? "Unix socket" : peer.toString();
  }

  private static NbdException refused(Session session) {
    return new NbdException(
        NbdError.EPERM, "the rules of allow and deny reject client " + shown(session));
  }

  private void log(String message) {
    if (debug) {
      LOG.debug(message);
    }
  }
}
