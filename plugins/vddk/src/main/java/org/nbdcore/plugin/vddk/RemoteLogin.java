package org.nbdcore.plugin.vddk;

import java.util.Optional;
import java.util.OptionalInt;
import org.nbdcore.spi.Secret;

/**
 * The parameters of a remote connection; each field is passed to VDDK unchanged.
 *
 * @param server host name or address
 * @param user user name for the login
 * @param password of the user
 * @param cookie of an existing session, which replaces the password
 * @param thumbprint of the server's certificate
 * @param vm the virtual machine
 * @param port of the server's API
 * @param nfcHostPort of the ESXi host's data connections
 */
record RemoteLogin(
    String server,
    String user,
    Secret password,
    Optional<Secret> cookie,
    Optional<String> thumbprint,
    String vm,
    OptionalInt port,
    OptionalInt nfcHostPort) {

  /** Returns a copy with a thumbprint for VDDK. */
  RemoteLogin withThumbprint(String forVddk) {
    return new RemoteLogin(
        server, user, password, cookie, Optional.of(forVddk), vm, port, nfcHostPort);
  }

  /** Returns a copy for the machine with a reference. */
  RemoteLogin withVm(String reference) {
    return new RemoteLogin(
        server, user, password, cookie, thumbprint, reference, port, nfcHostPort);
  }

  /** The port of the server's API; the default is 443. */
  int apiPort() {
    return port.orElse(443);
  }
}
