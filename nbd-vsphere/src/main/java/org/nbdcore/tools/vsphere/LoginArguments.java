package org.nbdcore.tools.vsphere;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.client.cli.UsageException;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Secret;
import org.nbdcore.vsphere.VsphereClient;
import org.nbdcore.vsphere.VsphereOptions;

/** Command-line options for the server and the user. */
final class LoginArguments {

  private static final Parameter<Secret> PASSWORD = Parameter.password("password", "");

  String server;
  String user;
  String password;
  String thumbprint;
  long port = 443;
  long nfcPort;

  /** Logs in. */
  VsphereClient connect() throws UsageException, IOException {
    if (server == null || user == null || password == null || thumbprint == null) {
      throw new UsageException("--server, --user, --password and --thumbprint are needed");
    }
    char[] chars = secret().chars();
    try {
      return VsphereClient.connect(
          VsphereOptions.of(server)
              .withPort((int) port)
              .withThumbprint(thumbprint)
              .withLogin(user, chars));
    } finally {
      Arrays.fill(chars, '\0');
    }
  }

  private Secret secret() throws UsageException {
    try {
      return PASSWORD.parse(password);
    } catch (ConfigException e) {
      throw new UsageException("--password " + e.getMessage());
    }
  }

  /** Returns the parameters with which the vddk plugin logs in to the same server. */
  List<String> parameters() throws UsageException {
    if (!password.startsWith("+")) {
      throw new UsageException("copy logs in twice: give --password=+FILE");
    }
    return List.of(
        "server=" + server,
        "port=" + port,
        "nfchostport=" + nfcPort,
        "user=" + user,
        "password=" + password,
        "thumbprint=" + thumbprint);
  }
}
