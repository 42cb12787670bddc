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

  /** The same with that thumbprint for VDDK. */
  RemoteLogin withThumbprint(String forVddk) {
    return new RemoteLogin(
        server, user, password, cookie, Optional.of(forVddk), vm, port, nfcHostPort);
  }

  /** The same for a machine given by its reference. */
  RemoteLogin withVm(String reference) {
    return new RemoteLogin(
        server, user, password, cookie, thumbprint, reference, port, nfcHostPort);
  }

  /** The port of the server's API, 443 unless another was given. */
  int apiPort() {
    return port.orElse(443);
  }
}
