package org.nbdcore.filter.ip;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** A rule of {@code allow} or {@code deny}, which matches some clients. */
interface ClientRule {

  /**
   * True if the rule matches the client.
   *
   * @throws IOException if this is unknown; then reject the client
   */
  boolean matches(Session session) throws IOException;

  /** True if the rule can be checked only after the client has started TLS. */
  default boolean needsTls() {
    return false;
  }

  /** A rule that only checks the address. */
  record Named(String word, Test test) implements ClientRule {
    @Override
    public boolean matches(Session session) {
      return session.peer().filter(test::matches).isPresent();
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** Every client, also one without an address. */
  record AnyClient(String word) implements ClientRule {
    @Override
    public boolean matches(Session session) {
      return true;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** A test of an address. */
  @FunctionalInterface
  interface Test {
    boolean matches(java.net.SocketAddress peer);
  }

  /** An address, or a network. */
  record Network(AddressPrefix addresses) implements ClientRule {
    @Override
    public boolean matches(Session session) {
      return session.peer().orElse(null) instanceof InetSocketAddress inet
          && inet.getAddress() != null
          && addresses.contains(inet.getAddress());
    }

    @Override
    public String toString() {
      return addresses.toString();
    }
  }

  /** The credential of a Unix socket to check. */
  enum Credential {
    PID,
    UID,
    GID;

    private OptionalInt of(Session session) {
      return switch (this) {
        case PID -> session.peerPid();
        case UID -> session.peerUid();
        case GID -> session.peerGid();
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The process, user or group of a client on a Unix socket. */
  record Owner(Credential credential, int number) implements ClientRule {
    @Override
    public boolean matches(Session session) throws IOException {
      if (!(session.peer().orElse(null) instanceof UnixDomainSocketAddress)) {
        return false;
      }
      OptionalInt found = credential.of(session);
      if (found.isEmpty()) {
        throw new NbdException(NbdError.EPERM, "the " + credential + " of the client is unknown");
      }
      return found.getAsInt() == number;
    }

    @Override
    public String toString() {
      return credential + ":" + Integer.toUnsignedString(number);
    }
  }

  /** The name in the client's TLS certificate, or that of its issuer. */
  record Certificate(boolean issuer, String wildcard, Pattern pattern) implements ClientRule {
    @Override
    public boolean matches(Session session) {
      Optional<X500Principal> name =
          issuer
              ? session.tlsIssuer()
              : session
                  .tlsPrincipal()
                  .filter(X500Principal.class::isInstance)
                  .map(X500Principal.class::cast);
      return name.isPresent() && pattern.matcher(name.get().getName()).matches();
    }

    @Override
    public boolean needsTls() {
      return true;
    }

    @Override
    public String toString() {
      return (issuer ? "issuer-dn:" : "dn:") + wildcard;
    }
  }
}
